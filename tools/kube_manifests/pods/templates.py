"""The metadata of a Pod's template: its labels and annotations."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from groundwork.kube.values import mapping
from kube_manifests.pods.found import wrong
from kube_manifests.structure import metadata

if TYPE_CHECKING:
    from groundwork.base.field_paths import Path
    from groundwork.text.model import FieldError


def template_metadata(template: Any, path: Path) -> list[FieldError]:
    """What is wrong with the labels and annotations of a Pod's template."""
    own = mapping(template, "metadata")
    checked = metadata.check_part(
        {key: own[key] for key in ("labels", "annotations") if key in own}, ("metadata",)
    )
    errors = checked[1] if checked else []
    at = (*path, "metadata")
    return [wrong((*at, *error.path), error.fact, error.hint, at_key=error.at_key) for error in errors
            if error.code in ("label", "annotation")]  # fmt: skip
