"""What Dynamo refuses though no schema says so.

An object and a release come in, faults by path go out: `admission.check` -> the rules of a graph, a request, an
update, each named and dated in `rules`. The validator and the stand-in's webhook both ask here.
"""
