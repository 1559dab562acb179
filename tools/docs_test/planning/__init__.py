"""Which runs of pages a command takes, in which order, and which of them at the same time.

Tutorials come in (`tutorials.build`), a plan goes out. Nothing here runs a page or asks a cluster.
"""
