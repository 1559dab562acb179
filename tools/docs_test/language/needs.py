"""What a page needs of a cluster (`needs` in its front matter), and what of it a cluster lacks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from packaging.specifiers import InvalidSpecifier, SpecifierSet
from packaging.version import InvalidVersion, Version

from docs_test.language.vocabulary import GPU_KEYS, MONITORING, NEEDS, NETWORKS
from groundwork.base.suggest import did_you_mean
from groundwork.base.wording import either

if TYPE_CHECKING:
    from collections.abc import Mapping

    from docs_test.clusters.inventory import Gpus, Inventory

MEMORY = re.compile(r"(\d+)(GB|GiB|Gi)")
MIB_OF = {"GB": 1e9 / 2**20, "GiB": 1024.0, "Gi": 1024.0}
GPU_HINT = "write gpu: 8, or gpu: {count: 8, model: H100, memory: 80GB, real: true}"


def read_needs(value: Any) -> dict[str, Any]:
    """Check `needs`: a list of names, or a mapping of names to what is needed of each.

    Raises:
        ValueError: fact and hint of the first mistake.
    """
    for item in value if isinstance(value, list) else ():
        if not isinstance(item, str):
            raise ValueError(f"'needs' lists {item!r}, which is no name", "write needs: {gpu: 8}, without a list")  # noqa: TRY004
    names = dict.fromkeys(value, True) if isinstance(value, list) else value
    if not isinstance(names, dict):
        raise ValueError("'needs' is neither a list nor a mapping", "write needs: [gpu]")  # noqa: TRY004
    for name, wanted in names.items():
        if name not in NEEDS:
            near = did_you_mean(str(name), NEEDS)
            raise ValueError(f"'needs' names the unknown {name!r}", near or f"allowed: {', '.join(NEEDS)}")
        CHECKS.get(name, _check_flag)(name, wanted)
    return names


def lacking(needs: Mapping[str, Any], capabilities: frozenset[str], inventory: Inventory | None) -> str:
    """Why an environment does not meet `needs`, in words; "" if it does.

    Args:
        needs: as `read_needs` returned them.
        capabilities: what `data-needs` may name and the environment has.
        inventory: the cluster; None: not known, so that numbers, models and versions are not compared.
    """
    missing = [word for name, wanted in needs.items() for word in _words(name, wanted) if word not in capabilities]
    reasons = [f"the environment has no {either(list(dict.fromkeys(missing)))}"] if missing else []
    if inventory is not None:
        if "gpu" in needs and "gpu" in capabilities:
            reasons.append(_lacking_gpus(_gpu(needs["gpu"]), inventory))
        if "operator" in needs:
            reasons.append(_lacking_operator(needs["operator"], inventory))
    return "; ".join(filter(None, reasons))


def described(needs: Mapping[str, Any]) -> str:
    """`needs` in a line, for people."""
    parts = []
    for name, wanted in needs.items():
        if name == "gpu":
            gpu = _gpu(wanted)
            model = " or ".join(_models(gpu)) or "GPU"
            memory = f" of {gpu['memory']}" if "memory" in gpu else ""
            parts.append(f"{gpu['count']} x {'real ' if gpu.get('real') else ''}{model}{memory}")
        elif name in {"operator", "network", "monitoring"} and wanted is not True:
            parts.append(f"{name} {', '.join(wanted) if isinstance(wanted, list) else wanted}")
        elif wanted:
            parts.append("the real operator" if name == "helm" else name)
    return ", ".join(parts) or "a cluster"


def _words(name: str, wanted: Any) -> list[str]:
    """The capabilities that a need comes down to."""
    if wanted is False or name == "operator":
        return []
    if name == "gpu":
        return ["gpu", "real-gpu"] if _gpu(wanted).get("real") else ["gpu"]
    if name == "monitoring" and wanted is True:
        return ["prometheus"]
    if name in {"monitoring", "network"}:
        return [wanted] if isinstance(wanted, str) else list(wanted)
    return [name]


def _gpu(wanted: Any) -> dict[str, Any]:
    if isinstance(wanted, dict):
        return {"count": 1, **wanted}
    return {"count": 1 if wanted is True else wanted}


def _models(gpu: Mapping[str, Any]) -> list[str]:
    model = gpu.get("model", [])
    return [model] if isinstance(model, str) else list(model)


def _lacking_gpus(gpu: Mapping[str, Any], inventory: Inventory) -> str:
    fitting = [item for item in inventory.gpus if _fits(item, gpu)]
    if sum(item.count for item in fitting) >= gpu["count"]:
        return ""
    there = ", ".join(map(str, inventory.gpus)) or "none"
    return f"it needs {described({'gpu': gpu})}, the cluster has {there}"


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


def _lacking_operator(wanted: str, inventory: Inventory) -> str:
    there = inventory.operator
    if there is None:
        return f"it needs operator {wanted}, the cluster has none"
    try:
        fits = SpecifierSet(wanted).contains(Version(there.version), prereleases=True)
    except InvalidVersion:
        fits = False
    return "" if fits else f"it needs operator {wanted}, the cluster's is {there.version or 'of unknown version'}"


def _check_gpu(_: str, wanted: Any) -> None:
    count = wanted.get("count", 1) if isinstance(wanted, dict) else wanted
    if not (count is True or (type(count) is int and count > 0)):
        raise ValueError(f"gpu: {count!r} is no number of GPUs", GPU_HINT)
    if not isinstance(wanted, dict):
        return
    for key in wanted:
        if key not in GPU_KEYS:
            near = did_you_mean(str(key), GPU_KEYS)
            raise ValueError(f"gpu: {key!r} is no key", near or f"allowed: {', '.join(GPU_KEYS)}")
    models = wanted.get("model", [])
    if not isinstance(models, str | list) or not all(
        isinstance(model, str) and model for model in _models(wanted)
    ):
        raise ValueError(f"gpu: the model {wanted['model']!r} is no name", "write model: H100, or [H100, H200]")
    if "memory" in wanted and not MEMORY.fullmatch(str(wanted["memory"])):
        raise ValueError(f"gpu: the memory {wanted['memory']!r} is no amount", "of one GPU: 80GB, or 40Gi")
    if not isinstance(wanted.get("real", True), bool):
        raise ValueError(f"gpu: real is {wanted['real']!r}", "write real: true")  # noqa: TRY004


def _check_operator(_: str, wanted: Any) -> None:
    try:
        SpecifierSet(wanted if isinstance(wanted, str) and wanted.strip() else "none")
    except InvalidSpecifier:
        raise ValueError(f"operator: {wanted!r} is no range of versions", 'write operator: ">=1.3,<2"') from None


def _check_words(allowed: tuple[str, ...]) -> Any:
    def check(name: str, wanted: Any) -> None:
        words = wanted if isinstance(wanted, list) else [wanted]
        for word in words:
            if word not in allowed and not (word is True and name == "monitoring"):
                raise ValueError(f"{name}: {word!r} is not {either(allowed)}", f"write {name}: {allowed[0]}")

    return check


def _check_flag(name: str, wanted: Any) -> None:
    if not isinstance(wanted, bool):
        raise ValueError(f"{name}: {wanted!r} is neither true nor false", f"write {name}: true")  # noqa: TRY004


CHECKS = {
    "gpu": _check_gpu,
    "operator": _check_operator,
    "monitoring": _check_words(MONITORING),
    "network": _check_words(NETWORKS),
}
