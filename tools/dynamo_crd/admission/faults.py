"""A breach of a rule, in the terms of Kubernetes' field errors: path, reason, value, and what is said about it."""

from __future__ import annotations

import enum
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

    from groundwork.base.field_paths import Path


IMMUTABLE = "field is immutable"
"""Words of Kubernetes' libraries for a field that cannot be changed."""


class FieldError(enum.Enum):
    """Reasons of Kubernetes' field errors: as printed, and as in a Status' causes."""

    REQUIRED = ("Required value", "FieldValueRequired")
    INVALID = ("Invalid value", "FieldValueInvalid")
    FORBIDDEN = ("Forbidden", "FieldValueForbidden")
    NOT_SUPPORTED = ("Unsupported value", "FieldValueNotSupported")

    @property
    def label(self) -> str:
        """As printed: `Required value`."""
        return self.value[0]

    @property
    def cause(self) -> str:
        """`reason` of a StatusCause."""
        return self.value[1]


@dataclass(frozen=True, slots=True)
class Fault:
    """What a rule finds."""

    rule: str
    """Its name in `rules.RULES`."""
    path: Path
    """The field that the real webhook names, which may be absent."""
    error: FieldError
    says: str
    """Text that goes on after a path and a reason."""
    value: Any = None
    hint: str = ""
    near: Path = ()
    """Path of what the person wrote that breaks the rule, if there is nothing at `path`."""

    @property
    def fact(self) -> str:
        """One line that goes on after the path."""
        match self.error:
            case FieldError.REQUIRED:
                return f"required: {self.says}"
            case FieldError.FORBIDDEN:
                return f"not allowed: {self.says}"
            case _:
                return f"{self.value!r} {self.says}"

    @property
    def message(self) -> str:
        """Without the path, as the API server words it: `Required value: …`."""
        if self.error in (FieldError.REQUIRED, FieldError.FORBIDDEN):
            return f"{self.error.label}: {self.says}"
        return f"{self.error.label}: {json.dumps(self.value, ensure_ascii=False)}: {self.says}"


def required(rule: str, path: Path, says: str, hint: str = "", near: Path = ()) -> Fault:
    """Something is missing; `near` is what makes it necessary."""
    return Fault(rule, path, FieldError.REQUIRED, says, hint=hint, near=near)


def invalid(rule: str, path: Path, value: Any, says: str, hint: str = "") -> Fault:
    """A value cannot be; `says` goes on after it."""
    return Fault(rule, path, FieldError.INVALID, says, value, hint)


def forbidden(rule: str, path: Path, says: str, hint: str = "") -> Fault:
    """Something may not be there."""
    return Fault(rule, path, FieldError.FORBIDDEN, says, hint=hint)


def unsupported(rule: str, path: Path, value: Any, allowed: Sequence[str], hint: str = "") -> Fault:
    """A value is none of a fixed set."""
    listed = ", ".join(map(repr, allowed))
    return Fault(rule, path, FieldError.NOT_SUPPORTED, f"is none of {listed}", value, hint)


_MAPS = frozenset({"annotations", "labels", "services"})
"""Fields that are maps: Kubernetes prints their keys in brackets."""


def field_path(path: Path) -> str:
    """A path as Kubernetes prints it: `spec.components[0].name`, `metadata.annotations[nvidia.com/x]`."""
    text, before = "", ""
    for step in path:
        if isinstance(step, int) or before in _MAPS:
            text += f"[{step}]"
        else:
            text += f".{step}" if text else step
        before = "" if before in _MAPS else str(step)
    return text
