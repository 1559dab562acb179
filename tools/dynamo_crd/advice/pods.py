"""Advice about what becomes of Pods: Secrets that nobody makes, GPUs that nobody asks for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from dynamo_api.facts.kinds import REQUEST
from dynamo_api.facts.names import TOKEN_KEY, TOKEN_SECRET, WORKER_TYPES
from dynamo_crd.admission.components import Component, components
from groundwork.base.problems import Stage
from groundwork.kube.gpus import RESOURCE
from groundwork.kube.values import Json, mapping, sequence, text
from groundwork.text.model import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path

_ENGINE = re.compile(r"\bdynamo\.(vllm|sglang|trtllm)\b")


def pod_advice(item: Json, secrets: set[str]) -> Iterator[FieldError]:
    """Advice about one object's Pods; `secrets` are made by the documents beside it."""
    if item.get("kind") == REQUEST and TOKEN_SECRET not in secrets:
        hint = f"create it first, with the key {TOKEN_KEY} (an empty value does for a model that is not gated)"
        fact = f"the profiling Job needs the Secret {TOKEN_SECRET!r}, which is not among these documents"
        yield FieldError(("metadata", "name"), "advice/secret", fact, hint, Stage.ADVICE)
    for component in components(item):
        for path, name in _secrets(component):
            if name not in secrets:
                fact = f"Secret {name!r} is not among these documents"
                yield FieldError(path, "advice/secret", fact, "create it first", Stage.ADVICE)
        yield from _gpus(component)
    for path, entry in _list(mapping(item, "spec"), ("spec",), "envs", "env"):
        name = _of_variable(entry)
        if name and name not in secrets:
            fact = f"Secret {name!r} is not among these documents"
            where = (*path, "valueFrom", "secretKeyRef", "name")
            yield FieldError(where, "advice/secret", fact, "create it first", Stage.ADVICE)


def _secrets(component: Component) -> Iterator[tuple[Path, str]]:
    """Secrets without which the component's Pods do not start, and where they are named."""
    whole = text(component.spec.get("envFromSecret"))
    if whole:
        yield component.at("envFromSecret"), whole
    holders: list[tuple[Json, Path]] = [(component.main, component.main_path)]
    if component.alpha:
        holders.append((component.spec, component.path))
    for holder, path in holders:
        for where, entry in _list(holder, path, "env", "envs"):
            if name := _of_variable(entry):
                yield (*where, "valueFrom", "secretKeyRef", "name"), name
        for where, entry in _list(holder, path, "envFrom"):
            reference = mapping(entry, "secretRef")
            if text(reference.get("name")) and reference.get("optional") is not True:
                yield (*where, "secretRef", "name"), reference["name"]


def _of_variable(entry: Json) -> str:
    reference = mapping(entry, "valueFrom", "secretKeyRef")
    return "" if reference.get("optional") is True else text(reference.get("name"))


def _list(holder: Json, path: Path, *keys: str) -> Iterator[tuple[Path, Json]]:
    for key in keys:
        for index, entry in enumerate(sequence(holder.get(key))):
            yield (*path, key, index), mapping(entry)


def _gpus(component: Component) -> Iterator[FieldError]:
    engine = _ENGINE.search(" ".join(component.words))
    if component.has_gpu and component.type not in WORKER_TYPES and component.type:
        fact = f"component {component.name!r} asks for a GPU, but is of type {component.type}, no worker"
        yield FieldError(component.path, "advice/gpu-unused", fact, "leave the GPU to the workers", Stage.ADVICE)
    if engine and not component.has_accelerator and component.type in WORKER_TYPES:
        fact = f"component {component.name!r} runs {engine[0]} but asks for no GPU"
        limit = 'resources.limits.gpu: "1"' if component.alpha else f'resources.limits: {{{RESOURCE}: "1"}}'
        yield FieldError(component.path, "advice/gpu-missing", fact, f"set {limit}", Stage.ADVICE)
