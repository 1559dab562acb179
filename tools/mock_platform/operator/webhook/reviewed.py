"""What both webhooks ask of an AdmissionReview."""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundwork.kube.values import mapping, text

if TYPE_CHECKING:
    from groundwork.kube.objects import Object

API_VERSION = "admission.k8s.io/v1"


class MalformedReviewError(ValueError):
    """The request is no AdmissionReview of v1."""


def reviewed(asked: object) -> Object:
    """The request of an AdmissionReview.

    Raises:
        MalformedReviewError: it is not an AdmissionReview, or one of another version.
    """
    request = mapping(asked, "request")
    if mapping(asked).get("apiVersion") != API_VERSION or not text(request.get("uid")):
        raise MalformedReviewError(f"no AdmissionReview of {API_VERSION} with a request")
    return dict(request)
