"""What a cluster may have that pages of this site ask for: GPUs, and the operator."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gpus:
    """All GPUs of one model that Pods can ask for."""

    product: str
    """As NVIDIA's feature discovery prints it; "" where no label names it."""
    count: int
    memory_mib: int = 0
    """Of one GPU; 0: not known."""
    mock: bool = False

    def __str__(self) -> str:
        return f"{self.count} x {self.product or 'GPU of unknown model'}{' (mock)' if self.mock else ''}"


@dataclass(frozen=True, slots=True)
class Operator:
    """The Dynamo operator of a cluster."""

    version: str
    """"1.4.0"; "" where nothing names it."""
    kind: str
    """"real", "mock" (this project's stand-in), or "unknown": named like it, but of another image."""
    image: str

    def __str__(self) -> str:
        return f"{self.version or 'of unknown version'}, {self.kind} ({self.image})"
