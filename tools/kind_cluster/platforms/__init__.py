"""A kind cluster as a platform of docs-test: for pages that need no more than Kubernetes.

The command line's words come in, an open cluster goes out (`kind.KindPlatform`); products build on it.
"""
