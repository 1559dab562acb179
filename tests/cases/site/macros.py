"""Macros of the cases' site."""

from __future__ import annotations

from typing import Any


def define_env(env: Any) -> None:
    """Register the macros, as mkdocs-macros asks."""

    @env.macro
    def two_commands() -> str:
        return "echo first\necho second"

    @env.macro
    def broken() -> str:
        message = "no such release"
        raise LookupError(message)
