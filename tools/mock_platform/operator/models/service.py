"""What marks the Pods of a base model, and the headless Service that leads to them: pure functions, no cluster."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

from dynamo_api.facts import names
from groundwork.kube.objects import namespace_of, owner_reference
from groundwork.kube.values import text

if TYPE_CHECKING:
    from groundwork.kube.objects import Object

_HASH_LENGTH = 8


def base_model(component_deployment: Object) -> str:
    """The model that a component says it serves (`modelRef.name`); "" for none."""
    return text(component_deployment, "spec", "modelRef", "name")


def model_hash(name: str) -> str:
    """What stands for a model's name in a label: eight digits, whatever the name has."""
    return hashlib.sha256(name.encode()).hexdigest()[:_HASH_LENGTH]


def model_labels(component_deployment: Object) -> dict[str, str]:
    """The label of all that a component with a model runs; {} for one without."""
    name = base_model(component_deployment)
    return {names.BASE_MODEL_HASH: model_hash(name)} if name else {}


def model_annotations(component_deployment: Object) -> dict[str, str]:
    """The annotation beside that label, with the name itself."""
    name = base_model(component_deployment)
    return {names.BASE_MODEL: name} if name else {}


def model_service(component_deployment: Object) -> Object | None:
    """The Service of the component's model, one for each model of a namespace; None without a model."""
    name = base_model(component_deployment)
    if not name:
        return None
    return {
        "apiVersion": "v1",
        "kind": "Service",
        "metadata": {
            "name": names.model_service(model_hash(name)),
            "namespace": namespace_of(component_deployment),
            "labels": {**model_labels(component_deployment), names.REQUEST_MANAGED_BY: names.MANAGER},
            "annotations": model_annotations(component_deployment),
            "ownerReferences": [owner_reference(component_deployment)],
        },
        "spec": {
            "type": "ClusterIP",
            "clusterIP": "None",
            "ports": [
                {
                    "name": "system",
                    "port": names.SYSTEM_PORT,
                    "protocol": "TCP",
                    "targetPort": names.SYSTEM_PORT,
                }
            ],
            "selector": model_labels(component_deployment),
        },
    }
