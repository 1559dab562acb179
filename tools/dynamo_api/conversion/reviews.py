"""What kube-apiserver asks a conversion webhook, and the answer: ConversionReview of apiextensions.k8s.io/v1."""

from __future__ import annotations

from typing import Any

from dynamo_api.conversion.objects import ALPHA, BETA
from dynamo_api.conversion.searches import convert_any
from dynamo_api.conversion.values import ConversionError, JsonObject, shown
from dynamo_api.facts.kinds import GRAPH

API_VERSION = "apiextensions.k8s.io/v1"
KIND = "ConversionReview"


def review(body: Any) -> JsonObject:
    """The answer to a ConversionReview: all objects converted, in order, or Failed and the first one's fault.

    Never raises, whatever the body is: the API server shows people the message of a Failed answer, whereas of a
    webhook that breaks it only tells that it broke.
    """
    request = body.get("request") if isinstance(body, dict) else None
    uid = request.get("uid") if isinstance(request, dict) else None
    uid = uid if isinstance(uid, str) else ""
    try:
        objects = _converted(body, request)
    except ConversionError as error:
        return _answer(uid, [], {"status": "Failed", "message": str(error)})
    except Exception as error:  # noqa: BLE001 - A fault of ours must be reported to the API server all the same.
        return _answer(
            uid, [], {"status": "Failed", "message": f"conversion failed: {type(error).__name__}: {error}"}
        )
    return _answer(uid, objects, {"status": "Success"})


def _converted(body: Any, request: Any) -> list[JsonObject]:
    if not isinstance(body, dict) or (body.get("apiVersion"), body.get("kind")) != (API_VERSION, KIND):
        raise ConversionError((), f"expected a {KIND} of {API_VERSION}")
    if not isinstance(request, dict):
        raise ConversionError(("request",), f"expected an object, got {shown(request)}")
    objects, wanted = request.get("objects"), request.get("desiredAPIVersion")
    if not isinstance(objects, list):
        raise ConversionError(("request", "objects"), f"expected a list, got {shown(objects)}")
    if not isinstance(wanted, str):
        raise ConversionError(("request", "desiredAPIVersion"), f"expected a version, got {shown(wanted)}")
    return [_one(obj, wanted) for obj in objects]


def _one(obj: Any, wanted: str) -> JsonObject:
    try:
        made = convert_any(obj, wanted)
    except ConversionError as error:
        raise ConversionError(error.path, f"{error.fact} ({_label(obj)})") from error
    if (made.get("kind"), obj.get("apiVersion"), wanted) == (GRAPH, ALPHA, BETA):
        # A graph that was made in v1alpha1 has this state until the operator writes one, as observed.
        made.setdefault("status", {"state": ""})
    return made


def _label(obj: Any) -> str:
    metadata = obj.get("metadata") if isinstance(obj, dict) else None
    name = metadata.get("name") if isinstance(metadata, dict) else None
    return f"{obj.get('kind')} {name!r}" if isinstance(obj, dict) else "an object"


def _answer(uid: str, objects: list[JsonObject], result: JsonObject) -> JsonObject:
    response = {"uid": uid, "convertedObjects": objects, "result": result}
    return {"apiVersion": API_VERSION, "kind": KIND, "response": response}
