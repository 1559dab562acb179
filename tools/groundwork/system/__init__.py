"""The machine: processes, signals, records of what a run made, progress on the terminal.

A program says what it starts or makes, and these modules see that it ends or is removed, by the next run if need
be.
"""
