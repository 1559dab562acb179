"""Manifests held to what an API server with the CRDs of Dynamo, and its admission, would say; no cluster needed."""
