"""Schemas of kinds: of custom resources (a folder, a cluster, a release) and of Kubernetes itself.

CRDs and published definitions come in; `schemas.SchemaSet.find` gives a schema ready to check with, compiled
once and kept in the cache.
"""
