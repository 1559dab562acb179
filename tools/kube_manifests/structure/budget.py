"""How deep and how large a value may be, so that no input costs unbounded time, memory or stack."""

from __future__ import annotations

DEEPEST = 200
"""Levels of nesting. kube-apiserver stops at 10,000; no schema of Dynamo or Kubernetes needs 40."""
LARGEST = 500_000
"""Values in a document. kube-apiserver stops at 3 MiB of JSON, etcd at 1.5 MiB."""


class TooMuch(Exception):
    """A value is too deep or too large to be checked."""

    def __init__(self, path: tuple[str | int, ...], fact: str) -> None:
        super().__init__(fact)
        self.path = path
        self.fact = fact
