"""What is true of Dynamo's API, in one place, for every program here; it needs PyYAML and groundwork alone.

Objects and words come in; objects, views and their meaning go out: `facts` (kinds, names, phases, reasons),
`words` (what each word means), `conversion` (between the versions), `views` (a graph or a request in either
version), `progress` (the estimate of a profiling's progress). It reads no cluster and no schema.
"""
