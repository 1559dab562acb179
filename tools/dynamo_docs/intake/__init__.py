"""Intake of a release of Dynamo: what it changes, and what of this project that touches.

CRDs, a wheel and a chart come in, a report goes out (Markdown and JSON). Nothing is imported from the wheel: its
source is read. `command` is the program, `collect` puts a report together, the others each read or compare one
thing.
"""
