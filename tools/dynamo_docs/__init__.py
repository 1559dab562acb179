"""Dynamo by a Helm chart, in a kind cluster: the real operator, or whatever the chart brings, on mock GPUs."""
