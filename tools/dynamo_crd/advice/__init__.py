"""What Dynamo accepts, yet perhaps is not what was meant.

Objects that belong together come in, problems of the stage ADVICE go out; they never change an exit status.
"""
