"""Timing of a mock worker: the flags with which Dynamo's mocker is as slow as AIConfigurator predicts.

A container on Kubernetes cannot read its node's labels, so the GPU's name comes from the environment
(DYNAMO_DOCS_GPU). The image sets it to the GPUs of the clusters that the pages use; whoever has other nodes sets
it in the Pod, to a name of `spec.hardware.gpuSku` or of AIConfigurator.
"""

from __future__ import annotations

import importlib.metadata
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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


@dataclass(frozen=True, slots=True)
class Timing:
    """What to start the mocker with, and what to say about it."""

    arguments: tuple[str, ...]
    note: str


def measured(system: str, backend: str) -> str:
    """What AIConfigurator's figures are of, as in `AIConfigurator 0.12.0, vllm 0.24.0`.

    Raises:
        LookupError: it has no figures of this engine on this system, or is not in this image.
    """
    try:
        from aiconfigurator_core.sdk.perf_database import (  # type: ignore[import-not-found]  # noqa: PLC0415
            resolve_query_version,
        )
    except ModuleNotFoundError:
        raise LookupError("this image is without it") from None
    try:
        engine = resolve_query_version(system, backend, "current")
    except ValueError as error:
        raise LookupError(str(error)) from None
    return f"AIConfigurator {importlib.metadata.version('aiconfigurator-core')}, {backend} {engine}"


def timing(setup: Setup, figures: Callable[[str, str], str] = measured) -> Timing:
    """The mocker's flags for a worker: AIConfigurator's prediction, or none where it has no figures of the GPU.

    The mocker asks for the rest itself, and ends where the model or the size are unknown to AIConfigurator.

    Args:
        setup: the worker.
        figures: says what AIConfigurator's figures are of, as `measured` does.
    """
    try:
        source = figures(setup.system, setup.backend)
    except LookupError as error:
        why = f"AIConfigurator has no figures for {GPU_VARIABLE}={setup.system}: {error}"
        return Timing((), f"timing: the mocker's own formula, of no GPU in particular; {why}")
    arguments = ("--aic-perf-model", "--aic-system", setup.system, "--aic-backend", setup.backend)
    size = ("--aic-tp-size", str(setup.tensor_parallel))
    return Timing((*arguments, *size), f"timing: as predicted for {setup} ({source})")


def system(environ: Mapping[str, str]) -> str:
    """AIConfigurator's name of the GPU that the environment names."""
    name = environ.get(GPU_VARIABLE, "").strip().lower() or DEFAULT_GPU
    return OTHER_NAMES.get(name, name)
