"""Kubernetes, for every program here: its objects as JSON, its API server over HTTPS, kubectl as a program.

In come a kubeconfig and the names of resources, out go objects and what they say. `client` talks to the API server
and `kubectl` runs the program; `values` and `objects` read what they give, and `pods` says why a Pod does not run.
"""
