"""Workflow commands: lines that GitHub Actions turns into annotations (docs.github.com, "Workflow commands")."""

from __future__ import annotations

from groundwork.base.printable import visible


def annotation(kind: str, message: str, **properties: str | int) -> str:
    """`::kind name=value,…::message`, with what would end a part of it escaped as GitHub's runner reads it.

    Args:
        kind: "error", "warning" or "notice".
        message: may span lines.
        properties: `file`, `line`, `col`, `title`.
    """
    named = ",".join(f"{name}={_property(str(value))}" for name, value in properties.items())
    return f"::{kind} {named}::{_data(message)}"


def _data(said: str) -> str:
    return visible(said).replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(said: str) -> str:
    return _data(said).replace(":", "%3A").replace(",", "%2C")
