"""The version of docs-test."""

from __future__ import annotations

from importlib.metadata import version


def program_version() -> str:
    """`docs-test 0.1.0`."""
    return f"docs-test {version('dynamo-docs')}"
