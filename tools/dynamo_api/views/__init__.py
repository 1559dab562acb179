"""A graph and a request as one thing each, whichever API version they are read in.

Objects come in, frozen dataclasses go out (`model`); `states` is the table of what a state of v1alpha1 is in
v1beta1, `kept` reads what the conversion put into annotations. Nothing is checked: what is absent is empty.
"""
