"""What the profiler goes by where a request does not say, and what it cannot do without."""

from __future__ import annotations

SLA_DEFAULTS = {"ttft": 2000, "itl": 30}
"""Milliseconds of a latency that the request does not name; the CRD sets no default."""
HARDWARE_NEEDED = ("gpuSku", "vramMb", "numGpusPerNode")
"""Fields of `spec.hardware` that a request must have, or the operator find in the cluster, to be valid."""
