"""What every reconciler writes to its own object: the finalizer and the status."""

from __future__ import annotations

from typing import TYPE_CHECKING

from dynamo_api.facts import names

if TYPE_CHECKING:
    from groundwork.kube.objects import Object
    from mock_platform.operator.kube.api import Api


def hold(api: Api, item: Object) -> Object:
    """Add the finalizer, so that the object's end is seen."""
    finalizers = item["metadata"].get("finalizers") or []
    if names.FINALIZER in finalizers:
        return item
    return api.replace({**item, "metadata": {**item["metadata"], "finalizers": [*finalizers, names.FINALIZER]}})


def release(api: Api, item: Object) -> None:
    """Remove the finalizer: owner references take what belongs to the object with it."""
    finalizers = item["metadata"].get("finalizers") or []
    if names.FINALIZER in finalizers:
        rest = [finalizer for finalizer in finalizers if finalizer != names.FINALIZER]
        api.replace({**item, "metadata": {**item["metadata"], "finalizers": rest}})


def write_status(api: Api, item: Object, status: Object) -> Object:
    """Write the status if it says anything new; returns the object as it is now."""
    if status == item.get("status"):
        return item
    return api.replace({**item, "status": status}, "status")
