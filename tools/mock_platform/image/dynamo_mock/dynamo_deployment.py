"""Stands in the image as deploy/utils/dynamo_deployment.py, which the profiler imports and its wheel lacks.

Upstream's creates deployments, which the profiler measures on real GPUs (`searchStrategy: thorough`). A mock has
none: the profiler ends with the reason as its error, in its status file and so in the request's conditions.
"""

from __future__ import annotations

from typing import NoReturn

REASON = "mock: searchStrategy thorough measures on real GPUs; use rapid"


class DeploymentFailedError(Exception):
    """A deployment cannot get ready."""


class DynamoDeploymentClient:
    """A deployment that the profiler would measure."""

    def __init__(self, **settings: object) -> None:
        self.deployment_name = str(settings.get("deployment_name", ""))

    async def create_deployment(self, _deployment: object) -> NoReturn:
        """Refuse.

        Raises:
            DeploymentFailedError: always.
        """
        raise DeploymentFailedError(REASON)

    async def wait_for_deployment_ready(self, **_settings: object) -> NoReturn:
        """Refuse, as create_deployment does."""
        raise DeploymentFailedError(REASON)

    async def delete_deployment(self) -> None:
        """There is none."""


async def cleanup_remaining_deployments(_clients: object, _namespace: object) -> None:
    """Nothing was created."""
