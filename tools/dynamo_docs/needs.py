"""What pages of this site may need of a cluster: GPUs, Dynamo's operator, monitoring, a fast network."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from docs_test.language.needs import CLUSTER_SCOPE, STORAGE, Need, Vocabulary
from dynamo_api.facts.kinds import BETA, GRAPH
from groundwork.base.suggest import did_you_mean
from groundwork.base.wording import either

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dynamo_api.release_table.rows import Release
    from dynamo_docs.found import Gpus, Operator

GPU_KEYS = ("count", "model", "memory", "real")
PROFILER, PLANNER = "profiler", "planner"
MONITORING = ("prometheus", "grafana")
NETWORKS = ("rdma",)
PROXIES = ("caddy",)
POLICIES = "network-policies"
MEMORY = re.compile(r"(\d+)(GB|GiB|Gi)")
MIB_OF = {"GB": 1e9 / 2**20, "GiB": 1024.0, "Gi": 1024.0}
GPU_HINT = "write gpu: 8, or gpu: {count: 8, model: H100, memory: 80GB, real: true}"


def lacking_gpus(wanted: Any, there: Sequence[Gpus]) -> str:
    """Why the GPUs of a cluster are not those that a page needs; "": they are."""
    if gpus_fit(wanted, there) >= gpus_wanted(wanted):
        return ""
    return f"it needs {_gpus_text(wanted)}, the cluster has {', '.join(map(str, there)) or 'none'}"


def gpus_wanted(wanted: Any) -> int:
    """The number of GPUs that a page takes."""
    return int(_gpu(wanted)["count"])


def gpus_fit(wanted: Any, there: Sequence[Gpus]) -> int:
    """The number of GPUs of a cluster that are what a page wants."""
    gpu = _gpu(wanted)
    return sum(item.count for item in there if _fits(item, gpu))


def lacking_operator(wanted: str, there: Operator | None) -> str:
    """Why the operator of a cluster is not in the range of versions that a page needs; "": it is."""
    from packaging.specifiers import SpecifierSet  # noqa: PLC0415 - few commands compare versions
    from packaging.version import InvalidVersion, Version  # noqa: PLC0415

    if there is None:
        return f"it needs operator {wanted}, the cluster has none"
    try:
        fits = SpecifierSet(wanted).contains(Version(there.version), prereleases=True)
    except InvalidVersion:
        fits = False
    return "" if fits else f"it needs operator {wanted}, the cluster's is {there.version or 'of unknown version'}"


def lacking_part(part: str, runtime: Release | None) -> str:
    """Why a runtime (None: the pages' own) has no profiler, or no planner, that can be run; "": it has one."""
    if runtime is None or part in runtime.runs:
        return ""
    return f"it needs the {part}, which is not run of Dynamo {runtime.name}: {runtime.not_run}"


def _gpu_words(wanted: Any) -> list[str]:
    return ["gpu", "real-gpu"] if _gpu(wanted).get("real") else ["gpu"]


def _gpus_text(wanted: Any) -> str:
    gpu = _gpu(wanted)
    model = " or ".join(_models(gpu)) or "GPU"
    memory = f" of {gpu['memory']}" if "memory" in gpu else ""
    return f"{gpu['count']} x {'real ' if gpu.get('real') else ''}{model}{memory}"


def _listed(wanted: Any, otherwise: str = "") -> list[str]:
    """The words of a need that are one word, or several."""
    if wanted is True:
        return [otherwise]
    return [wanted] if isinstance(wanted, str) else list(wanted)


def _named(name: str) -> Any:
    def described(wanted: Any) -> str:
        return name if wanted is True else f"{name} {', '.join(_listed(wanted))}"

    return described


def _gpu(wanted: Any) -> dict[str, Any]:
    if isinstance(wanted, dict):
        return {"count": 1, **wanted}
    return {"count": 1 if wanted is True else wanted}


def _models(gpu: Mapping[str, Any]) -> list[str]:
    model = gpu.get("model", [])
    return [model] if isinstance(model, str) else list(model)


def _fits(gpus: Gpus, gpu: Mapping[str, Any]) -> bool:
    parts = re.split(r"[-_ ]", gpus.product.upper())
    models = [model.upper() for model in _models(gpu)]
    if models and not any(model in parts or model == gpus.product.upper() for model in models):
        return False
    if gpu.get("real") and gpus.mock:
        return False
    return "memory" not in gpu or gpus.memory_mib >= _mib(gpu["memory"])


def _mib(text: str) -> float:
    match = MEMORY.fullmatch(text)
    return float(match[1]) * MIB_OF[match[2]] if match else 0.0


def _check_gpu(_: str, wanted: Any) -> None:
    count = wanted.get("count", 1) if isinstance(wanted, dict) else wanted
    if not (count is True or (type(count) is int and count > 0)):
        raise ValueError(f"gpu: {count!r} is not a number of GPUs", GPU_HINT)
    if not isinstance(wanted, dict):
        return
    for key in wanted:
        if key not in GPU_KEYS:
            near = did_you_mean(str(key), GPU_KEYS)
            raise ValueError(f"gpu: {key!r} is not a key", near or f"allowed: {', '.join(GPU_KEYS)}")
    models = wanted.get("model", [])
    if not isinstance(models, str | list) or not all(
        isinstance(model, str) and model for model in _models(wanted)
    ):
        raise ValueError(f"gpu: the model {wanted['model']!r} is not a name", "write model: H100, or [H100, H200]")
    if "memory" in wanted and not MEMORY.fullmatch(str(wanted["memory"])):
        raise ValueError(f"gpu: the memory {wanted['memory']!r} is not an amount", "of one GPU: 80GB, or 40Gi")
    if not isinstance(wanted.get("real", True), bool):
        raise ValueError(f"gpu: real is {wanted['real']!r}", "write real: true")  # noqa: TRY004


def _check_operator(_: str, wanted: Any) -> None:
    from packaging.specifiers import InvalidSpecifier, SpecifierSet  # noqa: PLC0415

    try:
        SpecifierSet(wanted if isinstance(wanted, str) and wanted.strip() else "none")
    except InvalidSpecifier:
        raise ValueError(
            f"operator: {wanted!r} is not a range of versions", 'write operator: ">=1.3,<2"'
        ) from None


def _check_words(allowed: tuple[str, ...]) -> Any:
    def check(name: str, wanted: Any) -> None:
        words = wanted if isinstance(wanted, list) else [wanted]
        for word in words:
            if word not in allowed and not (word is True and name == "monitoring"):
                raise ValueError(f"{name}: {word!r} is not {either(allowed)}", f"write {name}: {allowed[0]}")

    return check


VOCABULARY = Vocabulary(
    needs=(
        Need("gpu", _check_gpu, _gpu_words, _gpus_text, gpus_wanted),
        Need("real-gpu"),
        Need("helm", described=lambda _: "the real operator"),
        # Every Dynamo has them, so no page says so; some runtimes of `--dynamo` lack them.
        *(Need(part, words=lambda _: (), described=lambda _: "") for part in (PROFILER, PLANNER)),
        Need("operator", _check_operator, lambda _: (), _named("operator")),
        STORAGE,
        Need(
            "monitoring",
            _check_words(MONITORING),
            lambda wanted: _listed(wanted, "prometheus"),
            _named("monitoring"),
        ),
        Need("network", _check_words(NETWORKS), _listed, _named("network")),
        Need(POLICIES, described=lambda _: "a network that enforces NetworkPolicies"),
        # Any cluster pulls it; the mock platform, which may have no other registry, prepares it.
        Need("proxy", _check_words(PROXIES), _listed, _named("proxy")),
        CLUSTER_SCOPE,
    ),
    capabilities=(
        *("gpu", "real-gpu", "helm", "storage", "prometheus", "grafana", "rdma", POLICIES, *PROXIES),
        "cluster-scope",
    ),
    runs_on={"helm": "helm", "gpu": "real-gpu"},
    example=f"{GRAPH}/{BETA}",
    instead={
        **{word: f"write monitoring: {word}" for word in MONITORING},
        **{word: f"write proxy: {word}" for word in PROXIES},
    },
)
