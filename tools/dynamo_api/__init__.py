"""What is true of Dynamo's API, in one place: its words, and the conversion between its versions.

Objects and words come in, objects and their meaning go out. It reads no cluster and no schema, and needs PyYAML
alone.
"""
