"""Dynamo without GPUs, for a kind cluster: CRDs, an operator stand-in, a CPU runtime image."""
