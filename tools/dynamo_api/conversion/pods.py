"""A component's Pod: v1alpha1's many fields and its extraPodSpec, and v1beta1's podTemplate.

Where v1alpha1 says a thing twice, the operator's order holds: extraPodSpec.mainContainer wins over the component's
own field, entry by entry for env and resources; envFromSecret and volumeMounts come after what mainContainer has.
A container that is only a name is nothing to v1alpha1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynamo_api.conversion import resources
from dynamo_api.conversion.values import ConversionError, JsonObject, picked, rows, table
from dynamo_api.facts.names import SIDECAR_CONTAINER as SIDECAR

if TYPE_CHECKING:
    from groundwork.base.field_paths import Path

MAIN = "main"
PROBES = ("livenessProbe", "readinessProbe")

_METADATA = ("annotations", "labels")
_SIDECAR_FIELDS = frozenset(("name", "image", "args", "env", "envFrom"))
_APART = frozenset(("mainContainer", "containers", "volumes"))


def to_template(alpha: JsonObject, path: Path) -> JsonObject:
    """podTemplate, frontendSidecar and compilationCache of a v1alpha1 component, those that it has.

    Raises:
        ConversionError: something of another type than its field has.
    """
    within = (*path, "extraPodSpec")
    extra = table(alpha, "extraPodSpec", path)
    mounts = rows(alpha, "volumeMounts", path)
    cache = next((one for one in mounts if one.get("useAsCompilationCache") is True), None)
    plain = [one for one in mounts if one is not cache and one.get("mountPoint")]
    main = _main_container(alpha, table(extra, "mainContainer", within), plain, path)
    sidecar = _sidecar_container(alpha, path)
    taken = [container["name"] for container in (main, sidecar) if container]
    others = [item for item in rows(extra, "containers", within) if item.get("name") not in taken]
    spec = {name: value for name, value in extra.items() if name not in _APART}
    volumes = _volumes(plain, rows(extra, "volumes", within))
    if volumes or "volumes" in extra:
        spec["volumes"] = volumes
    metadata = picked(table(alpha, "extraPodMetadata", path), *_METADATA)
    made: JsonObject = {}
    if cache is not None:
        made["compilationCache"] = picked(cache, pvcName="name", mountPath="mountPoint")
    if sidecar:
        made["frontendSidecar"] = SIDECAR
    if len(main) > 1 or spec or others or sidecar or metadata:
        spec["containers"] = [main, *others, *([sidecar] if sidecar else [])]
        made["podTemplate"] = ({"metadata": metadata} if metadata else {}) | {"spec": spec}
    return made


def from_template(beta: JsonObject, path: Path) -> JsonObject:
    """What a v1alpha1 component says instead of podTemplate, frontendSidecar and compilationCache.

    Raises:
        ConversionError: something of another type than its field has; two containers named main.
    """
    within = (*path, "podTemplate", "spec")
    template = table(beta, "podTemplate", path)
    extra = dict(table(template, "spec", within[:-1]))
    containers = rows(extra, "containers", within)
    mains = [one for one in containers if one.get("name") == MAIN]
    if len(mains) > 1:
        raise ConversionError((*within, "containers"), f"{len(mains)} containers are named {MAIN!r}")
    made, rest = _own_fields(mains[0], within) if mains else ({}, {})
    others = [one for one in containers if one.get("name") != MAIN]
    sidecar = _sidecar(beta, others)
    if sidecar is not None:
        made["frontendSidecar"] = sidecar
        others = [one for one in others if one.get("name") != SIDECAR]
    extra.pop("containers", None)
    if others:
        extra["containers"] = others
    if rest:
        extra["mainContainer"] = rest
    if extra:
        made["extraPodSpec"] = extra
    metadata = picked(table(template, "metadata", within[:-1]), *_METADATA)
    if metadata:
        made["extraPodMetadata"] = metadata
    cache = table(beta, "compilationCache", path)
    if cache:
        mount = picked(cache, name="pvcName", mountPoint="mountPath")
        made["volumeMounts"] = [mount | {"useAsCompilationCache": True}]
    return made


def _main_container(alpha: JsonObject, given: JsonObject, plain: list[JsonObject], path: Path) -> JsonObject:
    within = (*path, "extraPodSpec", "mainContainer")
    made: JsonObject = {**given, "name": MAIN}
    if "envs" in alpha or "env" in given:
        made["env"] = _by_name(rows(alpha, "envs", path), rows(given, "env", within))
    secret = alpha.get("envFromSecret")
    if isinstance(secret, str) and secret:
        made["envFrom"] = [*rows(given, "envFrom", within), _secret(secret)]
    amounts = resources.merged(
        resources.to_native(table(alpha, "resources", path), (*path, "resources")),
        table(given, "resources", within),
        (*within, "resources"),
    )
    made.pop("resources", None)
    if amounts:
        made["resources"] = amounts
    for probe in PROBES:
        if probe in alpha:
            made.setdefault(probe, alpha[probe])
    if plain:
        claims = [picked(mount, "name", mountPath="mountPoint") for mount in plain]
        made["volumeMounts"] = [*rows(given, "volumeMounts", within), *claims]
    return made


def _own_fields(main: JsonObject, path: Path) -> tuple[JsonObject, JsonObject]:
    """What of the main container v1alpha1 has fields of its own for, and the rest of the container."""
    within = (*path, "containers", MAIN)
    rest = {name: value for name, value in main.items() if name not in {"name", "resources"}}
    made: JsonObject = {probe: rest.pop(probe) for probe in PROBES if probe in rest}
    if "env" in rest:
        made["envs"] = rest.pop("env")
    sources = rows(main, "envFrom", within)
    if sources and _secret_of(sources[-1]):
        made["envFromSecret"] = _secret_of(sources[-1])
        rest["envFrom"] = sources[:-1]
        if len(sources) == 1:
            del rest["envFrom"]
    amounts = resources.from_native(table(main, "resources", within), (*within, "resources"))
    if amounts:
        made["resources"] = amounts
    return made, rest


def _volumes(plain: list[JsonObject], given: list[JsonObject]) -> list[JsonObject]:
    """The Pod's volumes: those given, and the claims that are mounted by name."""
    made = list(given)
    for mount in plain:
        name = mount.get("name")
        if isinstance(name, str) and all(volume.get("name") != name for volume in made):
            made.append({"name": name, "persistentVolumeClaim": {"claimName": name}})
    return made


def _sidecar_container(alpha: JsonObject, path: Path) -> JsonObject:
    if "frontendSidecar" not in alpha:
        return {}
    given = table(alpha, "frontendSidecar", path)
    made = picked(given, "image", "args", env="envs") | {"name": SIDECAR}
    secret = given.get("envFromSecret")
    return made | ({"envFrom": [_secret(secret)]} if isinstance(secret, str) and secret else {})


def _sidecar(beta: JsonObject, containers: list[JsonObject]) -> JsonObject | None:
    """The v1alpha1 sidecar, if the container it would become is the one that is there."""
    found = next((one for one in containers if one.get("name") == SIDECAR), None)
    if found is None or beta.get("frontendSidecar") != SIDECAR or not _SIDECAR_FIELDS.issuperset(found):
        return None
    made = picked(found, "image", "args", envs="env")
    if "envFrom" not in found:
        return made
    sources = found["envFrom"]
    secret = _secret_of(sources[0]) if isinstance(sources, list) and len(sources) == 1 else None
    return made | {"envFromSecret": secret} if secret else None


def _by_name(below: list[JsonObject], above: list[JsonObject]) -> list[JsonObject]:
    made = list(below)
    for item in above:
        at = [index for index, one in enumerate(made) if one.get("name") == item.get("name")]
        if at:
            made[at[-1]] = item
        else:
            made.append(item)
    return made


def _secret(name: str) -> JsonObject:
    return {"secretRef": {"name": name}}


def _secret_of(source: Any) -> str | None:
    """The Secret of an entry of envFrom that is nothing but a Secret's name."""
    if not isinstance(source, dict) or source.keys() != {"secretRef"}:
        return None
    secret = source["secretRef"]
    name = secret.get("name") if isinstance(secret, dict) and secret.keys() == {"name"} else None
    return name if isinstance(name, str) and name else None
