"""What v1alpha1 says without meaning anything, as Dynamo's operator writes it: it is a program in Go.

Go leaves out a flag that is false, and writes a container's name and resources although they are empty. So an
object that was made with `autoApply: false` is read without it, and each mainContainer has `name: ""` and
`resources: {}`. Both mean what was written. Conversion works on one form of the two (`dropped`) and answers with
the other (`added`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynamo_api.facts.kinds import COMPONENT, GRAPH, REQUEST

if TYPE_CHECKING:
    from collections.abc import Callable

    from dynamo_api.conversion.values import JsonObject

_FLAG = "autoApply"
_MOCKER = "useMocker"
_EMPTY: JsonObject = {"name": "", "resources": {}}


def dropped(kind: str, spec: JsonObject) -> JsonObject:
    """A v1alpha1 spec in the form that conversion works on: without what means nothing, with autoApply."""
    if kind == REQUEST:
        rest = {key: value for key, value in spec.items() if key != _MOCKER or value is not False}
        return {_FLAG: False} | rest
    return _with_containers(kind, spec, _without_empty)


def added(kind: str, spec: JsonObject) -> JsonObject:
    """A v1alpha1 spec as the operator writes it."""
    if kind == REQUEST:
        return {key: value for key, value in spec.items() if key not in (_FLAG, _MOCKER) or value is not False}
    return _with_containers(kind, spec, lambda container: _EMPTY | container)


def _without_empty(container: JsonObject) -> JsonObject:
    return {key: value for key, value in container.items() if not (key in _EMPTY and value == _EMPTY[key])}


def _with_containers(kind: str, spec: JsonObject, change: Callable[[JsonObject], JsonObject]) -> JsonObject:
    """The spec with each mainContainer changed; what has another type than it should is left to conversion."""
    if kind == COMPONENT:
        alone: JsonObject = _service(spec, change)
        return alone
    services = spec.get("services") if kind == GRAPH else None
    if not isinstance(services, dict):
        return spec
    return spec | {"services": {name: _service(service, change) for name, service in services.items()}}


def _service(service: Any, change: Callable[[JsonObject], JsonObject]) -> Any:
    extra = service.get("extraPodSpec") if isinstance(service, dict) else None
    if not isinstance(extra, dict) or not isinstance(extra.get("mainContainer"), dict):
        return service
    return service | {"extraPodSpec": extra | {"mainContainer": change(extra["mainContainer"])}}
