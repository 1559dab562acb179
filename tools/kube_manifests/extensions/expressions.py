"""CEL that stands in objects: the rules of CustomResourceDefinitions, the conditions of webhooks."""

from __future__ import annotations


def fault(expression: str) -> str:
    """What is wrong with the form of an expression, or ""; if its names and types fit is for the server to say."""
    from kube_manifests.cel import engine  # noqa: PLC0415 - its package is slow to import

    return engine.syntax_error(expression)
