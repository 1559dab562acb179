"""Whether the proposal is on, from the environment of the stand-in's Pod."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Mapping

PREFIX = "MOCK_OPERATOR_PROPOSE_"
PROPOSE_PROGRESS = f"{PREFIX}PROGRESS"
PROPOSE_DASHBOARD = f"{PREFIX}DASHBOARD"


@dataclass(frozen=True, slots=True)
class Settings:
    """What is proposed."""

    progress: bool = False
    """Whether requests report per cent and the time left."""
    dashboard: str = ""
    """The address of a dashboard that requests name, with {namespace}, {request} and {graph}; "" for no
    dashboard."""


def from_environment(given: Mapping[str, str]) -> Settings:
    """Read MOCK_OPERATOR_PROPOSE_*.

    Raises:
        UserError: a value is neither true nor false, or the dashboard is not an address.
    """
    switch = given.get(PROPOSE_PROGRESS, "false")
    if switch not in ("true", "false"):
        raise UserError(f"{PROPOSE_PROGRESS} is {switch!r}, neither true nor false")
    return Settings(switch == "true", checked_dashboard(given.get(PROPOSE_DASHBOARD, "")))


def checked_dashboard(address: str) -> str:
    """The address, as it is given: http or https, with no placeholders but those that are filled in.

    Raises:
        UserError: it is something else.
    """
    if not address:
        return ""
    hint = "such as https://grafana.example.com/d/dynamo?var-namespace={namespace}&var-graph={graph}"
    try:
        filled = address.format_map(dict.fromkeys(("namespace", "request", "graph"), "x"))
    except (KeyError, ValueError, IndexError, AttributeError, TypeError):
        raise UserError(f"the dashboard {address!r} has a placeholder that nothing fills in", hint=hint) from None
    if not re.fullmatch(r"https?://[^\s'\"<>]+", filled):
        raise UserError(f"the dashboard {address!r} is not a http or https address", hint=hint)
    return address
