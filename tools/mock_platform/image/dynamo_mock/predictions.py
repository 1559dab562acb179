"""Timing of a mock worker: which of the image's tables of AIConfigurator's predictions it follows.

A container on Kubernetes cannot read its node's labels, so the GPU's name comes from the environment
(DYNAMO_DOCS_GPU). The image sets it to the GPUs of the clusters that the pages use; whoever has other nodes sets
it in the Pod, to a name of `spec.hardware.gpuSku` or of AIConfigurator.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

HOME = Path("/opt/predictions")
INDEX = "index.json"
"""File of `{"aiconfigurator": version, "engines": {"vllm h100_sxm": version of the engine that was measured}}`."""
GPU_VARIABLE = "DYNAMO_DOCS_GPU"
DEFAULT_GPU = "h100_sxm"
OTHER_NAMES = {"gb200_sxm": "gb200"}
"""AIConfigurator's names of systems where `spec.hardware.gpuSku` has another."""


@dataclass(frozen=True, slots=True)
class Setup:
    """What decides how fast a worker is."""

    model: str
    backend: str
    system: str
    tensor_parallel: int

    def __str__(self) -> str:
        return f"{self.model} on {self.system} with {self.backend}, tensor parallel {self.tensor_parallel}"

    def table(self, home: Path) -> Path:
        """Where its table lies, if there is one."""
        name = f"{self.backend}-{self.system}-tp{self.tensor_parallel}.npz"
        return home / f"models--{self.model.strip('/').replace('/', '--')}" / name


@dataclass(frozen=True, slots=True)
class Timing:
    """What to start the mocker with, and what to say about it."""

    arguments: tuple[str, ...]
    note: str
    engine: str = ""
    """Release of the engine that the prediction is for; "" without a prediction."""


def timing(setup: Setup, home: Path = HOME) -> Timing:
    """The prediction for a worker, or the mocker's own formula when the image has none for it."""
    table = setup.table(home)
    if not table.is_file():
        return Timing((), f"timing: the mocker's own formula, of no GPU in particular; {_why(setup, home)}")
    index = _index(home)
    engine = str(index["engines"][f"{setup.backend} {setup.system}"])
    note = f"timing: as AIConfigurator {index['aiconfigurator']} predicts for {setup} ({setup.backend} {engine})"
    return Timing(("--planner-profile-data", str(table)), note, engine)


def system(environ: Mapping[str, str]) -> str:
    """AIConfigurator's name of the GPU that the environment names."""
    name = environ.get(GPU_VARIABLE, "").strip().lower() or DEFAULT_GPU
    return OTHER_NAMES.get(name, name)


def _index(home: Path) -> dict[str, Any]:
    index: dict[str, Any] = json.loads((home / INDEX).read_text(encoding="utf-8"))
    return index


def _why(setup: Setup, home: Path) -> str:
    if not (home / INDEX).is_file():
        return "this image has no predictions"
    folder = setup.table(home).parent
    fact = f"this image has no prediction for {setup}"
    if not folder.is_dir():
        models = sorted(path.name.removeprefix("models--").replace("--", "/") for path in home.glob("models--*"))
        return f"{fact}: models are {', '.join(models)}"
    systems = {path.name.split("-")[1] for path in folder.glob(f"{setup.backend}-*.npz")}
    if setup.system not in systems:
        return f"{fact}: GPUs ({GPU_VARIABLE}) are {', '.join(sorted(systems))}"
    sizes = (path.stem.rpartition("-tp")[2] for path in folder.glob(f"{setup.backend}-{setup.system}-tp*.npz"))
    return f"{fact}: sizes are {', '.join(sorted(sizes, key=int))}"
