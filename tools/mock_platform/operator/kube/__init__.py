"""The cluster's side of the stand-in: objects, identifiers, the API server, events, writes.

Reconcilers say what should be there; `sync` and `write` bring it about through `api`, and `events` tells of it.
"""
