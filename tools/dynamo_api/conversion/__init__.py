"""Conversion of Dynamo's custom resources between v1alpha1 and v1beta1: functions on JSON, nothing but Python.

`convert` converts an object without loss, `review` answers kube-apiserver's ConversionReview with it, `beta_form`
and `left_out` tell people what a v1alpha1 manifest is in v1beta1.
"""

from dynamo_api.conversion.advice import beta_form, left_out
from dynamo_api.conversion.objects import ALPHA, BETA, KINDS, VERSIONS, convert
from dynamo_api.conversion.reviews import review
from dynamo_api.conversion.values import ConversionError

__all__ = ["ALPHA", "BETA", "KINDS", "VERSIONS", "ConversionError", "beta_form", "convert", "left_out", "review"]
