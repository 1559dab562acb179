"""What a fence is to show, from what it shows and what came: texts in, lines out.

An expectation and an output come in (`expectation`), new lines go out: by mode (`lines`, `patterns`, `json_text`),
a changed line piece by piece (`merging`), with wildcards for what differs from run to run (`volatile`).
"""
