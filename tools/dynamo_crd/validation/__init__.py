"""Manifests held to what an API server with Dynamo's CRDs, and Dynamo's admission, would say; no cluster needed."""
