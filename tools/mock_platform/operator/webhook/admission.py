"""The answers to AdmissionReviews: Dynamo's rules, worded as Kubernetes words field errors.

The rules are those of `docs-test validate` (dynamo_crd.admission.admission), as far as the real webhook has them:
what only the profiler or the planner refuses later is allowed here, as it is there.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import installation, names
from dynamo_api.releases import named
from dynamo_crd.admission import admission
from dynamo_crd.admission.faults import Fault, field_path
from dynamo_crd.admission.rule import Environment, Source
from dynamo_crd.admission.update import update_faults
from groundwork.kube.objects import group_version, name_of
from groundwork.kube.values import mapping, text
from mock_platform.operator.webhook.both_versions import as_in, as_told
from mock_platform.operator.webhook.reviewed import API_VERSION, reviewed
from mock_platform.operator.webhook.warnings import change_warnings, warnings

if TYPE_CHECKING:
    from groundwork.kube.objects import Object

RELEASE = named().state
"""State whose rules they are: that of the release that the stand-in is like."""
ENVIRONMENT = Environment(grove=False, lws=False, inference_pool=False, checkpoints=False)
"""Cluster of a default install of Dynamo, with nothing beside it that admission asks for."""
_UNPROCESSABLE = 422
_ACCOUNT = "system:serviceaccount:"
OPERATOR = f"{_ACCOUNT}{installation.NAMESPACE}:{installation.DEPLOYMENT}"
"""User that the operator is to the API server: its account has the name of its Deployment."""


def graph_faults(item: Object) -> list[Fault]:
    """What the webhook has against an object, were it made now."""
    return as_told(item, _faults)


def _faults(item: Object) -> list[Fault]:
    found = admission.faults(item, RELEASE, ENVIRONMENT, (Source.WEBHOOK,))
    return [fault for fault in found if admission.certain(fault, ENVIRONMENT)]


def review(asked: object) -> Object:
    """The AdmissionReview that answers another.

    Raises:
        MalformedReviewError: it is not an AdmissionReview, or one of another version.
    """
    request = reviewed(asked)
    new, old = mapping(request, "object"), mapping(request, "oldObject")
    told: list[str] = []
    match request.get("operation"):
        case "CREATE":
            found, told = graph_faults(new), warnings(new)
        case "UPDATE":
            who: dict[str, bool] = {"scales": _scales(request), "operates": _user(request) == OPERATOR}
            found = as_told(new, lambda item: update_faults(item, as_in(item, old), RELEASE, ENVIRONMENT, **who))
            told = [*warnings(new), *change_warnings(new, old)]
        case _:
            found = []
    response: Object = {"uid": request["uid"], "allowed": not found}
    if told:
        response["warnings"] = told
    if found:
        response["status"] = denial(new, name_of(new) or text(request.get("name")), found)
    return {"apiVersion": API_VERSION, "kind": "AdmissionReview", "response": response}


def _scales(request: Object) -> bool:
    """Whether it is the operator that asks, or a planner: these set the replicas that scaling adapters hold."""
    user = _user(request)
    return user == OPERATOR or (user.startswith(_ACCOUNT) and user.endswith(f":{names.PLANNER_SERVICE_ACCOUNT}"))


def _user(request: Object) -> str:
    return text(mapping(request, "userInfo").get("username"))


def denial(item: Object, name: str, found: list[Fault]) -> Object:
    """The Status of an invalid object: kubectl prints `The KIND "NAME" is invalid: FIELD: REASON: …`."""
    group, kind = group_version(item)[0], text(item.get("kind"))
    lines = [f"{field_path(fault.path)}: {fault.message}" for fault in found]
    listed = lines[0] if len(lines) == 1 else f"[{', '.join(lines)}]"
    causes = [
        {"reason": fault.error.cause, "message": fault.message, "field": field_path(fault.path)} for fault in found
    ]
    return {
        "status": "Failure",
        "reason": "Invalid",
        "code": _UNPROCESSABLE,
        "message": f'{kind}.{group} "{name}" is invalid: {listed}',
        "details": {"name": name, "group": group, "kind": kind, "causes": causes},
    }
