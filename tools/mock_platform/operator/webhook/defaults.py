"""What the mutating webhook writes into objects before they are compared with the schema; it refuses wrong types.

The real one reads the object into a program's types and writes it back. So it is the first to meet a wrong type,
and a required field that is missing comes to the schema as "" or null (`decoding`).
"""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any

from dynamo_api.conversion import BETA
from dynamo_api.conversion import review as conversion_review
from dynamo_api.facts import kinds, names
from groundwork.kube.objects import name_of
from groundwork.kube.values import entries, mapping, sequence, text
from mock_platform.operator.webhook.decoding import wrong_type, zeros
from mock_platform.operator.webhook.reviewed import API_VERSION, reviewed
from mock_platform.operator.webhook.schemas import NO_SCHEMAS, Schemas

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.base.field_paths import Path
    from groundwork.kube.objects import Object
    from mock_platform.operator.config import OperatorConfig

_BAD_REQUEST = 400


def default_review(asked: object, config: OperatorConfig, schemas: Schemas = NO_SCHEMAS) -> Object:
    """The AdmissionReview that answers another about an object of v1beta1, new or changed.

    Args:
        asked: an AdmissionReview.
        config: the operator's settings.
        schemas: of the kinds, as the API server has them.

    Raises:
        MalformedReviewError: it is not an AdmissionReview, or one of another version.
    """
    request = reviewed(asked)
    item = mapping(request, "object")
    response: Object = {"uid": request["uid"], "allowed": True}
    kind, version = text(item.get("kind")), text(item.get("apiVersion")).rpartition("/")[2]
    schema = schemas.of(kind, version)
    if wrong := wrong_type(kind, schema, item.get("spec")):
        response |= {"allowed": False, "status": {"status": "Failure", "code": _BAD_REQUEST, "message": wrong}}
    else:
        written = [*_defaults(item, text(request.get("operation")), config), *zeros(schema, item.get("spec"))]
        patch = [{"op": "add", "path": _pointer(path), "value": value} for path, value in written]
        if patch:
            encoded = base64.b64encode(json.dumps(patch).encode()).decode()
            response |= {"patchType": "JSONPatch", "patch": encoded}
    return {"apiVersion": API_VERSION, "kind": "AdmissionReview", "response": response}


def conversion_answer(asked: object, schemas: Schemas = NO_SCHEMAS) -> object:
    """The ConversionReview that answers another; an object of v1alpha1 with a wrong type cannot be converted."""
    request = mapping(asked, "request")
    for item in entries(request, "objects"):
        if item.get("apiVersion") != kinds.ALPHA_API or request.get("desiredAPIVersion") != BETA:
            continue
        kind = text(item.get("kind"))
        if wrong := wrong_type(kind, schemas.of(kind, kinds.ALPHA), item.get("spec")):
            result = {"status": "Failed", "message": wrong}
            response = {"uid": text(request.get("uid")), "convertedObjects": [], "result": result}
            about = {key: mapping(asked).get(key) for key in ("apiVersion", "kind")}
            return {**about, "response": response}
    return conversion_review(asked)


def _defaults(item: Object, operation: str, config: OperatorConfig) -> Iterator[tuple[Path, Any]]:
    """Each field that is filled in, and its value."""
    spec, new = mapping(item, "spec"), operation == "CREATE"
    match item.get("kind"):
        case kinds.REQUEST if new and spec and not text(spec.get("image")):
            yield ("spec", "image"), config.profiler_image
        case kinds.COMPONENT if new and spec and not text(spec.get("name")):
            yield ("spec", "name"), name_of(item)
        case kinds.GRAPH:
            for index, component in enumerate(sequence(spec.get("components"))):
                if isinstance(component, dict) and component.get("replicas") is None:
                    yield ("spec", "components", index, "replicas"), 1
            given = mapping(item, "metadata").get("annotations")
            if new and not given:
                yield ("metadata", "annotations"), {names.ORIGIN_VERSION: config.version}
            elif new and isinstance(given, dict) and names.ORIGIN_VERSION not in given:
                yield ("metadata", "annotations", names.ORIGIN_VERSION), config.version


def _pointer(path: Path) -> str:
    """A path as a JSON patch has it."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)
