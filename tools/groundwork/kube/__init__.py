"""Kubernetes, for every program here: its objects as JSON, its API server over HTTPS, kubectl as a program.

In come a kubeconfig and the names of resources, out go objects and what they say. `client` talks to the API
server, `kubectl` runs the program; `values` and `objects` read what either gives; `pods` says why one does not run.
"""
