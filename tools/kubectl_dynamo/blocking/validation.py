"""Why a request is not valid, by what its operator says of it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from groundwork.kube.gpus import LABELS
from kubectl_dynamo.words import quoted

if TYPE_CHECKING:
    from dynamo_api.views.model import Request

_NAME = r"([a-z0-9](?:[-a-z0-9.]*[a-z0-9])?)"
_MISTAKES = re.compile(r"\n|; (?=spec\.|no GPUs)")
"""Separator of two mistakes: a new line in Dynamo's messages, a semicolon in those of the mock platform."""
_NO_CLAIM = re.compile(rf"(?:model cache PVC|there is no PersistentVolumeClaim) {_NAME}")
_NO_BACKEND = re.compile(r"searchStrategy\W+thorough\W.*backend\W+auto\b")
_NO_GPUS = re.compile(
    r"GPU hardware info required|auto-discovery failed|no GPUs (?:are|were) found", re.IGNORECASE
)
_GPU_FIELDS = "gpuSku, vramMb, numGpusPerNode and totalGpus"


def invalid(request: Request, message: str) -> tuple[str, str]:
    """What is wrong with a request, and the command to look further with.

    Args:
        request: the request, of reason ValidationFailed.
        message: its operator's words, one mistake or several.
    """
    found = [_explained(request, part) for part in _MISTAKES.split(message) if part.strip()]
    found = found or [_explained(request, "its operator does not say why")]
    sentences = dict.fromkeys(sentence for sentence, _ in found)
    return " ".join(sentences), found[0][1]


def _explained(request: Request, said: str) -> tuple[str, str]:
    """One mistake."""
    claim = _NO_CLAIM.search(said)
    if claim:
        where = f"which does not exist in namespace {request.namespace}"
        return (
            f"spec.modelCache.pvcName names PersistentVolumeClaim {claim[1]}, {where}.",
            f"kubectl -n {request.namespace} get pvc {claim[1]}",
        )
    if _NO_BACKEND.search(said):
        return (
            "A thorough search needs a backend (vllm, sglang or trtllm), and spec.backend is auto.",
            f"{_of(request, 'get')} -o jsonpath='{{.spec.backend}}'",
        )
    if _NO_GPUS.search(said):
        return (
            f"Its GPUs are not known: no node tells, and spec.hardware lacks one of {_GPU_FIELDS}.",
            f"kubectl get nodes -L {','.join(LABELS)}",
        )
    return f"The request is not valid: {quoted(said)}.", _of(request, "describe")


def _of(request: Request, verb: str) -> str:
    return f"kubectl -n {request.namespace} {verb} {request.resource} {request.name}"
