"""What the steps of a request's life have in common."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from mock_platform.operator.kube.events import REQUEST_REPORTER, Recorder, timestamp
from mock_platform.operator.kube.write import write_status
from mock_platform.operator.requests.status import ACTIONS, WARNINGS, moved

if TYPE_CHECKING:
    from groundwork.kube.objects import Object
    from mock_platform.operator.config import OperatorConfig
    from mock_platform.operator.kube.api import Api


@dataclass(frozen=True, slots=True)
class Step:
    """A part of a request's life: tells what it does in events, and moves the request on in its status."""

    api: Api
    recorder: Recorder
    config: OperatorConfig

    def tell(self, request: Object, reason: str, note: str) -> None:
        """Write an event about the request; its reason decides its type and action."""
        kind = "Warning" if reason in WARNINGS else "Normal"
        self.recorder.event(request, REQUEST_REPORTER, ACTIONS[reason], reason, note, kind=kind)

    def move(
        self, request: Object, phase: str, *conditions: Object, observe: bool = True, **fields: object
    ) -> Object:
        """Write the status, as `request_status.moved` makes it; returns the request as it is now."""
        status = moved(request, phase, conditions, timestamp(), observe=observe, **fields)
        return write_status(self.api, request, status)


class Extension(Protocol):
    """What may say more of a request than the real operator does; `mock_platform.proposal` is one.

    The stand-in has none unless it is configured to: it is no kinder than the real operator.
    """

    def tell_progress(self, request: Object, job: Object, message: str) -> None:
        """Hear that the profiling Job runs; `message` is the profiler's own, "" before there is one."""

    def link_dashboard(self, request: Object) -> Object:
        """Add to a request before its next step; returns it as it is now."""


def applies(request: Object) -> bool:
    """Whether the graph is to be deployed without a review."""
    return request["spec"].get("autoApply") is not False
