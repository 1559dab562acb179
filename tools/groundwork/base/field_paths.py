"""Paths inside an object, as tuples and as people write them: `$.spec.components[0].name`."""

from __future__ import annotations

import re

Path = tuple[str | int, ...]
"""Steps from an object's top to a value, keys and indices of lists: `("spec", "components", 0, "name")`."""
STEP = re.compile(r"\.([\w-]+)|\[(?:(\d+)|'([^']*)'|\"([^\"]*)\")\]")


def dotted(path: Path) -> str:
    """A path as errors print it: `$.spec.components[0].name`; odd keys in brackets: `$.metadata.labels['a/b']`."""
    text = "$"
    for step in path:
        if isinstance(step, int):
            text += f"[{step}]"
        elif step.replace("_", "").replace("-", "").isalnum():
            text += f".{step}"
        else:
            text += f"[{step!r}]"
    return text


def undotted(text: str) -> Path:
    """The path that `dotted` writes: `$.spec.components[0]`.

    Raises:
        ValueError: it is not such a path.
    """
    steps: list[str | int] = []
    at = 1
    while at < len(text) and (found := STEP.match(text, at)):
        steps.append(int(found[2]) if found[2] else found[1] or found[3] or found[4] or "")
        at = found.end()
    if text[:1] != "$" or at < len(text):
        raise ValueError(f"{text!r} is not a path like $.spec.components[0]")
    return tuple(steps)
