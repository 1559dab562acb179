"""Recipes of the two container images; `dynamo_mock` is the part that runs inside the runtime image."""
