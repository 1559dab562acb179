"""Mock GPUs: an extended resource in the node's status, and the labels that GPU feature discovery would set."""

from __future__ import annotations

import json
import re
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from groundwork.base.errors import UserError
from groundwork.base.positions import Position
from groundwork.kube.gpus import COUNT, MEMORY, PRODUCT, RESOURCE

PROFILES = Path(__file__).parent / "profiles"
LIMITS = {"count": (0, 1024), "memory_mib": (0, 10_000_000)}
"""Smallest and largest number that is allowed: more is a slip, and less is nothing that a node can have."""
LABEL = re.compile(r"[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?")
"""The value of a label."""


@dataclass(frozen=True, slots=True)
class GpuProfile:
    """The mock GPUs of one node."""

    count: int
    product: str
    """Product as NVIDIA's feature discovery prints it: "NVIDIA-H100-80GB-HBM3"."""
    memory_mib: int

    def __str__(self) -> str:
        return f"{self.count} x {self.product} (mock)"

    def labels(self) -> dict[str, str]:
        """The three labels that Dynamo's hardware discovery reads."""
        return {
            COUNT: str(self.count),
            PRODUCT: self.product,
            MEMORY: str(self.memory_mib),
        }

    def status_patch(self) -> str:
        """JSON patch for `kubectl patch node --subresource=status`.

        Restarts of the kubelet keep what it sets (seen with 1.35) once the kubelet has saved its device state,
        which the first Pod makes it do; before that, it starts from no extended resources.
        """
        key = RESOURCE.replace("/", "~1")
        paths = (f"/status/{part}/{key}" for part in ("capacity", "allocatable"))
        return json.dumps([{"op": "add", "path": path, "value": str(self.count)} for path in paths])


def load_profile(name: str) -> GpuProfile:
    """A profile by its name under profiles/, or by the path of a TOML file.

    Raises:
        UserError: no such profile, or a key is missing, unknown, or of a value that no node can have.
    """
    path = Path(name) if name.endswith(".toml") else PROFILES / f"{name}.toml"
    known = ", ".join(sorted(file.stem for file in PROFILES.glob("*.toml")))
    if not path.is_file():
        raise UserError(f"GPU profile {name!r}: no such profile", hint=f"known are {known}; or give a .toml file")
    values = _read(path)
    wanted: dict[str, type] = {"count": int, "product": str, "memory_mib": int}
    for key, kind in wanted.items():
        if type(values.get(key)) is not kind:  # True is an int by inheritance.
            raise UserError(f"{key} = {values.get(key)!r}: expected {kind.__name__}", where=Position(str(path)))
    if unknown := sorted(values.keys() - wanted.keys()):
        raise UserError(f"unknown key {unknown[0]!r}: allowed are {', '.join(wanted)}", where=Position(str(path)))
    for key, (least, most) in LIMITS.items():
        if not least <= values[key] <= most:
            raise UserError(f"{key} = {values[key]}: expected {least} to {most}", where=Position(str(path)))
    if not LABEL.fullmatch(values["product"]):
        raise UserError(
            f"product = {values['product']!r}: expected a label's value, letters, digits and -_. between",
            where=Position(str(path)),
        )
    return GpuProfile(**values)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError:
        raise UserError("not TOML: is not UTF-8", where=Position(str(path))) from None
    except tomllib.TOMLDecodeError as error:
        raise UserError(f"not TOML: {error}", where=Position(str(path))) from None
    except OSError as error:
        raise UserError(f"cannot be read: {error.strerror}", where=Position(str(path))) from None
