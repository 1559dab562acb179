"""The answer: what keeps an item from going on."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Blocker:
    """What keeps an item from going on, in one sentence."""

    reason: str
    """Reason that `explain` knows more about."""
    sentence: str
    look: str
    """The command to look further with."""
    message: str = ""
    """The cluster's own words."""
    passing: bool = False
    """Whether it is no obstacle for certain, and often passes by itself: a model is being loaded."""
