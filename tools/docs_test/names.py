"""Names that stand in front matter, in results and on the command line."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping


NONE = "none"
"""The platform without a cluster, and what a result proves there."""


def named(path: str, variant: Mapping[str, str]) -> str:
    """A page and its variant: `docs/x.md (api=v1beta1)`."""
    chosen = ", ".join(f"{key}={value}" for key, value in sorted(variant.items()))
    return f"{path} ({chosen})" if chosen else path


def program() -> str:
    """The first words of a command line of docs-test, as a person types them here."""
    # Under nox docs-test is in nox's own environment, not on the PATH of who reads this.
    return "./nox -s docs-test --" if os.environ.get("NOX_CURRENT_SESSION") else "docs-test"
