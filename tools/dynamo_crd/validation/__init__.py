"""Manifests held to what an API server with the CRDs and the admission of Dynamo says; no cluster needed."""
