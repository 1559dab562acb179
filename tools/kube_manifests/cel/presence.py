"""Whether the CEL engine is here: it is compiled, and not every platform has a build of it."""

from __future__ import annotations

import os
from functools import cache

VARIABLE = "DYNAMO_TOOL_LACKS"
"""Variable in which a single file of this project's tools says why it has no compiled part for this machine."""
CODE = "no-engine"
"""Code of a rule that was not run because there is no engine; its fact is what the rule demands."""


@cache
def why_absent() -> str:
    """Why no rule can be run here, "" if the engine is here."""
    try:
        from kube_manifests.cel import engine  # noqa: F401, PLC0415 - importing it loads the engine
    except ImportError as error:
        reason = os.environ.get(VARIABLE) or " ".join(str(error).split())
        return f"the CEL engine cannot be loaded ({reason})"
    return ""
