"""The context length of a model, which a real engine reads from its configuration and tells in its card.

The mocker tells only what `--max-model-len` says. The planner needs it: some of its thresholds are shares of it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_HUB = "HF_HUB_CACHE"
"""Variable with the folder of the models, which the image sets."""


def context_length(model: str, environ: Mapping[str, str]) -> int | None:
    """Tokens of the longest context, prompt and answer together; None where no configuration says it.

    Args:
        model: a folder, or a name on the Hugging Face hub.
        environ: the worker's environment.
    """
    found = [Path(model) / "config.json"]
    if environ.get(_HUB):
        snapshots = Path(environ[_HUB]) / f"models--{model.replace('/', '--')}" / "snapshots"
        found += sorted(snapshots.glob("*/config.json"))
    for file in found:
        try:
            length = json.loads(file.read_text(encoding="utf-8")).get("max_position_embeddings")
        except (OSError, ValueError, AttributeError):
            continue  # The engine itself says what is wrong with a model.
        if isinstance(length, int) and length > 0:
            return length
    return None
