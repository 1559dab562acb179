"""What a failed page tells of the cluster: as much as `kubectl dynamo status` would."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from docs_test.clusters.diagnosis import EVENTS_SHOWN, PODS_SHOWN, diagnosis
from docs_test.reporting.failures import diagnosis_lines
from groundwork.kube.kubectl import Kubectl

if TYPE_CHECKING:
    from collections.abc import Callable

    Look = Callable[..., str]

FAILING = "Failed to pull image: rpc error: example.test/app:1: not found"


def pod(name: str, *, phase: str = "Pending", ready: bool = False, **status: Any) -> dict[str, Any]:
    conditions = [{"type": "Ready", "status": "True" if ready else "False"}, *status.pop("conditions", ())]
    return {
        "metadata": {"name": name, "namespace": "demo"},
        "status": {"phase": phase, "conditions": conditions, **status},
    }


def container(state: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"containerStatuses": [{"name": "main", "image": "example.test/app:1", "state": state, **more}]}


def event(reason: str, at: str = "", *, about: str = "web", message: str = "", **more: Any) -> dict[str, Any]:
    times = {"lastTimestamp": at} if at else {}
    involved = {"kind": "Pod", "name": about}
    metadata = {"namespace": "demo"}
    return {
        "metadata": metadata,
        "involvedObject": involved,
        "reason": reason,
        "message": message,
        **times,
        **more,
    }


@pytest.fixture
def look(monkeypatch: pytest.MonkeyPatch) -> Look:
    """The diagnosis of a cluster with these Pods and events, whose Pods have logged this, as text."""

    def make(*pods: object, events: tuple[object, ...] = (), log: str = "", since: str = "") -> str:
        def read(_: Kubectl, *words: str) -> str:
            asked.append(" ".join(words))
            items = {"pods": pods, "events": events}
            return log if words[0] == "logs" else json.dumps({"items": items[words[1]]})

        monkeypatch.setattr(Kubectl, "read", read)
        asked.clear()
        found = diagnosis(Kubectl({}), since)
        return "\n".join(diagnosis_lines(found)) if found else ""

    asked: list[str] = []
    make.asked = asked  # type: ignore[attr-defined]
    return make


def test_nothing_to_tell(look: Look) -> None:
    done = pod("done", phase="Succeeded")
    assert look(pod("web", phase="Running", ready=True), done) == ""
    assert look.asked == ["get events -A --field-selector=type=Warning -o json", "get pods -A -o json"]  # type: ignore[attr-defined]


def test_an_image_that_cannot_be_pulled(look: Look) -> None:
    waiting = container({"waiting": {"reason": "ImagePullBackOff", "message": FAILING}})
    assert look(pod("web", **waiting)).splitlines() == [
        "Pod demo/web: Pending, ImagePullBackOff:",
        "  It cannot pull image example.test/app:1: there is none of that name.",
        "  look further: kubectl -n demo describe pod web",
        "  | (no log)",
    ]
    assert not any(words.startswith("logs") for words in look.asked), "it never ran"  # type: ignore[attr-defined]


def test_a_container_that_ends_again_and_again_is_shown_with_its_last_lines(look: Look) -> None:
    crashing = container(
        {"waiting": {"reason": "CrashLoopBackOff"}},
        restartCount=3,
        lastState={"terminated": {"exitCode": 7, "reason": "Error"}},
    )
    assert look(pod("web", phase="Running", **crashing), log="one\nMY_TOKEN=verysecret\n").splitlines() == [
        "Pod demo/web: Running, CrashLoopBackOff:",
        "  It fails: container main ends with status 7 again and again (3 restarts).",
        "  look further: kubectl -n demo logs web -c main --previous",
        "  | one",
        "  | MY_TOKEN=***",
    ]


def test_an_init_container_counts_like_the_others(look: Look) -> None:
    ended = {"initContainerStatuses": [{"name": "setup", "state": {"terminated": {"exitCode": 2}}}]}
    assert "It fails: container setup ends with status 2." in look(pod("web", **ended))


def test_a_pod_that_no_node_takes_is_told_with_the_scheduler_s_message(look: Look) -> None:
    message = "0/1 nodes are available: 1 Insufficient cpu. preemption: none."
    unscheduled = {"type": "PodScheduled", "status": "False", "reason": "Unschedulable", "message": message}
    said = look(pod("web", conditions=[unscheduled]))
    assert "Pod demo/web: Pending, Unschedulable:\n  It finds no node to run on (1 Insufficient cpu)." in said


@pytest.mark.parametrize(
    ("found", "reason", "said"),
    [
        (
            pod("web", phase="Running", **container({"running": {}})),
            "Unhealthy",
            "It runs and is not ready: Readiness probe failed: refused.",
        ),
        (pod("web"), "FailedMount", "It cannot start: Readiness probe failed: refused."),
    ],
)
def test_what_only_an_event_tells(look: Look, found: object, reason: str, said: str) -> None:
    warnings = (
        event(reason, "2026-11-25T01:18:09Z", message="before"),
        event(reason, "2026-11-25T01:18:10Z", message="Readiness probe failed: refused"),
        event(reason, "2026-11-25T01:18:11Z", about="other", message="another's"),
    )
    lines = look(found, events=warnings).splitlines()
    assert lines[1] == f"  {said}", "the latest of its own"
    assert lines[2] == "  look further: kubectl -n demo describe pod web"


KILLED = "Liveness probe failed: HTTP probe failed with statuscode: 503"
RAN = "2026-11-25T01:18:00Z"


def unready(**more: Any) -> dict[str, Any]:
    """A Pod that runs and is not ready; its container has a readiness probe."""
    made = pod("web", phase="Running", **container({"running": {"startedAt": RAN}}, ready=False, **more))
    probe = {"httpGet": {"path": "/ready", "port": 8080}}
    return made | {"spec": {"containers": [{"name": "main", "readinessProbe": probe}]}}


def killed(reason: str) -> dict[str, Any]:
    ended = {"terminated": {"exitCode": 137, "reason": reason}}
    waits = {"waiting": {"reason": "CrashLoopBackOff"}}
    return pod("web", phase="Running", **container(waits, restartCount=2, lastState=ended))


@pytest.mark.parametrize(
    ("found", "warning", "said"),
    [
        (
            pod("web", phase="Failed", reason="Evicted", message="The node was low on resource: memory."),
            None,
            "It was evicted: The node was low on resource: memory.",
        ),
        (
            pod("web", phase="Failed", reason="UnexpectedAdmissionError", message="no GPU"),
            None,
            "It was refused by its node: no GPU.",
        ),
        (
            pod("web", **container({"waiting": {"reason": "RunContainerError", "message": "no such program: x"}})),
            None,
            "It cannot start its container main: no such program: x.",
        ),
        (
            pod(
                "web",
                phase="Running",
                **container(
                    {"waiting": {"reason": "CrashLoopBackOff"}},
                    lastState={
                        "terminated": {"exitCode": 128, "reason": "StartError", "message": "no such program"}
                    },
                ),
            ),
            None,
            "It cannot start its container main: no such program.",
        ),
        (
            killed("Error"),
            event("Unhealthy", RAN, message=KILLED),
            f"again and again (2 restarts), because a probe ends it: {KILLED}.",
        ),
        (
            killed("OOMKilled"),
            event("Unhealthy", RAN, message=KILLED),
            "runs out of memory again and again (2 restarts).",
        ),
        (
            unready(),
            event("Unhealthy", "2026-11-25T01:18:30Z", message="Readiness probe failed: connection refused"),
            "is not ready: its readiness probe (GET /ready on port 8080) is answered: connection refused.",
        ),
        (
            unready(),
            None,
            "is not ready: its readiness probe (GET /ready on port 8080) has not succeeded, and no event",
        ),
        (
            unready(),
            event("Unhealthy", "2026-11-25T01:17:00Z", message=KILLED),
            f"It runs and is not ready: {KILLED}.",
        ),
    ],
)
def test_what_a_pod_s_status_tells(look: Look, found: object, warning: object, said: str) -> None:
    assert said in look(found, events=(warning,) if warning else ()).splitlines()[1]


@pytest.mark.parametrize(
    ("message", "said"),
    [
        ("write /var/lib: no space left on device", "the disk of its node is full"),
        ("toomanyrequests: You have reached your pull rate limit", "the registry limits how often one may pull"),
        ("no match for platform in manifest: not found", "it is not made for the platform of its node"),
        (
            "tls: failed to verify certificate: x509: unknown authority",
            "the certificate of its registry is not trusted",
        ),
        ("401 Unauthorized", "the registry asks for a login"),
        ("dial tcp: lookup example.test: no such host", "its registry is not known here"),
    ],
)
def test_why_an_image_is_not_pulled_may_be_told_by_an_event_alone(look: Look, message: str, said: str) -> None:
    waiting = container({"waiting": {"reason": "ImagePullBackOff", "message": "Back-off pulling image"}})
    warning = event("Failed", RAN, message=f'Failed to pull image "example.test/app:1": {message}')
    other = event("Failed", RAN, about="other", message='Failed to pull image "x": unauthorized')
    lines = look(pod("web", **waiting), events=(warning, other)).splitlines()
    assert lines[1] == f"  It cannot pull image example.test/app:1: {said}."


QUOTA = 'pods "web-abc-" is forbidden: exceeded quota: few, requested: pods=1, used: pods=1, limited: pods=1'


def test_pods_that_are_not_created_are_told_with_their_owner(look: Look) -> None:
    of_set = {"involvedObject": {"kind": "ReplicaSet", "name": "web-abc"}}
    warnings = (
        event("FailedCreate", RAN, message=QUOTA, **of_set),
        event("FailedCreate", RAN, message=QUOTA, **of_set),
    )
    assert look(events=warnings).splitlines()[:3] == [
        "Quota few of namespace demo has no room for the Pods of ReplicaSet web-abc.",
        "  look further: kubectl -n demo describe replicaset web-abc",
        "last Warning events:",
    ]
    late = look(pod("web-abc-x1", phase="Running", ready=True), events=warnings)
    assert "Quota few" not in late, "one of its Pods is there now"


def test_those_in_trouble_come_first(look: Look) -> None:
    waiting = container({"waiting": {"reason": "ImagePullBackOff"}})
    crashing = container({"waiting": {"reason": "CrashLoopBackOff"}})
    pods = [*(pod(f"a{number}") for number in range(PODS_SHOWN)), pod("c", **crashing), pod("b", **waiting)]
    titles = [line.split()[1] for line in look(*pods).splitlines() if line.startswith("Pod ")]
    assert titles == ["demo/b:", "demo/c:", "demo/a0:", "demo/a1:"]


def test_events_from_before_the_page_are_none_of_its_own(look: Look) -> None:
    warnings = (
        event("Series", series={"lastObservedTime": "2026-11-25T01:18:20.5Z"}),
        event("Old", "2026-11-25T01:00:00Z"),
        event("Timeless"),
        event("New", "2026-11-25T01:18:10Z", message="two\nlines"),
        event("OldSeries", series={"lastObservedTime": "2026-11-25T01:00:00Z"}),
    )
    assert look(events=warnings, since="2026-11-25T01:18:00Z").splitlines() == [
        "last Warning events:",
        "  | 2026-11-25T01:18:10Z  New       Pod  web  two lines",
        "  | 2026-11-25T01:18:20Z  Series    Pod  web",
        "  | no time               Timeless  Pod  web",
    ]
    assert "Old" in look(events=warnings)


def test_only_the_last_events_are_shown(look: Look) -> None:
    warnings = tuple(
        event(f"R{number:02}", f"2026-11-25T01:18:{number:02}Z") for number in range(EVENTS_SHOWN + 3)
    )
    lines = look(events=warnings).splitlines()[1:]
    assert [line.split()[2] for line in lines] == [f"R{number:02}" for number in range(3, EVENTS_SHOWN + 3)]


def test_what_a_terminal_would_obey_is_not_shown(look: Look) -> None:
    waiting = container({"waiting": {"reason": "CreateContainerError", "message": "\x1b[2Jgone"}})
    assert "\x1b" not in look(pod("web", **waiting), events=(event("X", message="\x1b[31mred"),))


@pytest.mark.parametrize("printed", ["", "no json", "[]", '{"items": ["x", {}]}'])
def test_a_look_that_fails_masks_no_error(printed: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Kubectl, "read", lambda *_: printed)
    found = diagnosis(Kubectl({}))
    assert found is None or [pod.name for pod in found.pods] == [""]
