"""The program that lays a request's `spec.overrides.dgd` over the graph that the profiler generates.

The operator's image has it; a profiling Job copies it into a volume before the profiler starts, which calls it. So
does the real platform. `merge` is the merging, `program` the command line.
"""
