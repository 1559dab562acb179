"""What a cluster may have that pages of this site ask for: GPUs, and the operator."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Gpus:
    """All GPUs of one model that Pods can ask for."""

    product: str
    """Product as NVIDIA's feature discovery prints it; "" if no label names it."""
    count: int
    memory_mib: int = 0
    """Memory of one GPU in MiB; 0 if it is not known."""
    mock: bool = False

    def __str__(self) -> str:
        return f"{self.count} x {self.product or 'GPU of unknown model'}{' (mock)' if self.mock else ''}"


@dataclass(frozen=True, slots=True)
class Operator:
    """The Dynamo operator of a cluster."""

    version: str
    """Version, such as "1.4.0"; "" if nothing names it."""
    kind: str
    """Kind of operator: "real", "mock" (this project's stand-in), or "unknown": named like it, but of another
    image."""
    image: str

    def __str__(self) -> str:
        return f"{self.version or 'of unknown version'}, {self.kind} ({self.image})"
