"""What keeps Pods from running, and the sentences about it; the plugin's golden states have more of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from groundwork.kube.events import Event, read_event
from groundwork.kube.obstacles import of_creation, of_events, of_trouble, of_unready, with_events
from groundwork.kube.pods import Pod, Trouble, Unready, read_pod

POD = Pod("demo", "web", "Pending", ready=False, restarts=0, started=False)
AT = datetime(2026, 11, 25, 1, 18, 10, tzinfo=UTC)


def item(**status: Any) -> dict[str, Any]:
    return {"metadata": {"name": "web", "namespace": "demo", "labels": {"app": "x"}}, "status": status}


def container(name: str = "main", **state: Any) -> dict[str, Any]:
    return {"name": name, "image": "example.test/app:1", "state": state}


@pytest.mark.parametrize("odd", [None, [], "text", {}, {"state": None}, {"state": []}, {"state": {"waiting": 5}}])
def test_a_status_of_any_shape_is_read(odd: Any) -> None:
    for found in (item(containerStatuses=odd), item(containerStatuses=[odd]), item(conditions=odd), odd):
        assert read_pod(found).trouble is None


def test_a_pod() -> None:
    running = {**container(running={}), "restartCount": 2}
    found = read_pod(
        item(
            phase="Running",
            conditions=[{"type": "Ready", "status": "True"}],
            initContainerStatuses=[{**container("setup", terminated={"exitCode": 0}), "restartCount": 1}],
            containerStatuses=[running],
        )
    )
    assert found == Pod("demo", "web", "Running", ready=True, restarts=3, started=True, labels={"app": "x"})


@pytest.mark.parametrize(
    ("status", "started"),
    [
        (container(waiting={"reason": "ContainerCreating"}), False),
        (container(running={}), True),
        (container(terminated={"exitCode": 0}), True),
        ({**container(waiting={}), "lastState": {"terminated": {"exitCode": 1}}}, True),
    ],
)
def test_a_container_that_ever_ran_has_a_log(status: Any, *, started: bool) -> None:
    assert read_pod(item(containerStatuses=[status])).started is started


def test_the_gravest_trouble_is_told() -> None:
    crashing = {**container("b", waiting={"reason": "CrashLoopBackOff"}), "lastState": {}}
    unpulled = container("a", waiting={"reason": "ErrImagePull", "message": "denied"})
    found = read_pod(item(containerStatuses=[crashing, unpulled]))
    assert found.trouble == Trouble("ErrImagePull", "web", "a", "example.test/app:1", "denied")


def test_what_ended_a_container_says_more_than_that_it_is_started_again() -> None:
    memory = {"terminated": {"reason": "OOMKilled", "exitCode": 137}}
    found = read_pod(
        item(containerStatuses=[{**container(waiting={"reason": "CrashLoopBackOff"}), "lastState": memory}])
    )
    assert found.trouble
    assert (found.trouble.reason, found.trouble.exit_code) == ("OOMKilled", 137)


def test_a_pod_that_is_being_deleted_has_no_trouble() -> None:
    failing = item(phase="Failed", reason="Evicted", message="disk")
    assert read_pod(failing).trouble == Trouble("Evicted", "web", message="disk")
    failing["metadata"]["deletionTimestamp"] = "2026-11-25T01:18:10Z"
    assert read_pod(failing).trouble is None


@pytest.mark.parametrize(
    ("trouble", "sentence", "look"),
    [
        (
            Trouble("ErrImageNeverPull", "web", "main", "app:1"),
            "Pod web may not pull, and does not have, image app:1.",
            "describe pod web",
        ),
        (Trouble("ImagePullBackOff", "web", message="denied"), "Pod web cannot pull its image: the registry", ""),
        (
            Trouble("CreateContainerConfigError", "web", message='secret "token" not found'),
            "Pod web needs Secret token, which does not exist in namespace demo.",
            "kubectl -n demo get secret token",
        ),
        (
            Trouble(
                "CreateContainerConfigError", "web", message="couldn't find key KEY in ConfigMap demo/settings"
            ),
            "Pod web needs key KEY of ConfigMap settings, which has no such key.",
            "kubectl -n demo describe configmap settings",
        ),
        (
            Trouble("CreateContainerConfigError", "web", message="no such user."),
            "Pod web cannot be configured: no such user.",
            "describe pod web",
        ),
        (
            Trouble("Unschedulable", "web", message="0/1 nodes are available: 1 Insufficient nvidia.com/gpu."),
            "Pod web finds no node with enough free GPUs (1 Insufficient nvidia.com/gpu).",
            r"GPUS:.status.allocatable.nvidia\.com/gpu'",
        ),
        (
            Trouble("Unschedulable", "web", message="no reason known"),
            "Pod web finds no node to run on (no reason known).",
            "describe pod web",
        ),
        (
            Trouble(
                "Unschedulable",
                "web",
                message='0/1 nodes are available: persistentvolumeclaim "models" not found. not found.',
            ),
            "Pod web needs PersistentVolumeClaim models, which does not exist in namespace demo.",
            "kubectl -n demo get pvc models",
        ),
        (
            Trouble(
                "Unschedulable",
                "web",
                message="0/1 nodes are available: pod has unbound immediate PersistentVolumeClaims. no new",
            ),
            "Pod web waits for a volume: a PersistentVolumeClaim is not bound to one.",
            "kubectl -n demo get pvc",
        ),
        (
            Trouble("Error", "web", "main", exit_code=7),
            "Pod web fails: container main ends with status 7.",
            "kubectl -n demo logs web -c main",
        ),
        (
            Trouble("OOMKilled", "web", exit_code=137),
            "Pod web fails: its container runs out of memory.",
            "kubectl -n demo logs web",
        ),
        (
            Trouble("Evicted", "web", message="disk full."),
            "Pod web was evicted: disk full.",
            "describe",
        ),
        (Trouble("Odd", "web"), "Pod web does not run (Odd).", "describe pod web"),
    ],
)
def test_a_trouble_is_one_sentence(trouble: Trouble, sentence: str, look: str) -> None:
    found = of_trouble(trouble, POD, "Pod web")
    assert found.sentence.startswith(sentence)
    assert found.sentence.endswith(".")
    assert not found.sentence.endswith("..")
    assert look in found.look
    assert (found.reason, found.message) == (trouble.reason, trouble.message)


def test_of_several_pods_the_verb_is_plural() -> None:
    unscheduled = Trouble("Unschedulable", "web", message="0/1 nodes are available: 1 x.")
    assert of_trouble(unscheduled, POD, "2 Pods", 2).sentence == "2 Pods find no node to run on (1 x)."
    assert of_trouble(Trouble("Error", "web", exit_code=1), POD, "2 Pods", 2).sentence.startswith("2 Pods fail: ")
    lost = Trouble("Unschedulable", "web", message='persistentvolumeclaim "models" not found')
    assert of_trouble(lost, POD, "2 Pods", 2).sentence.startswith("2 Pods need PersistentVolumeClaim models, ")


def about(reason: str, message: str = "no disk", *, kind: str = "Pod", name: str = "web") -> Event:
    return Event("demo", kind, name, reason, message, AT)


def test_what_only_events_tell_of_a_pod() -> None:
    found = of_events(POD, [about("Pulled"), about("FailedMount", name="other"), about("FailedMount")], "Pod web")
    assert found
    assert found.sentence == "Pod web cannot start: no disk."
    assert of_events(POD, [about("FailedMount", kind="Job"), about("Unhealthy")], "Pod web", probes=True) is None


def test_a_probe_that_fails_is_told_where_it_is_asked_for() -> None:
    running = Pod("demo", "web", "Running", ready=False, restarts=0, started=True)
    events = [about("FailedMount"), about("Unhealthy", "Readiness probe failed: HTTP 503")]
    assert of_events(running, events, "Pod web") is None
    found = of_events(running, events, "Pod web", probes=True)
    assert found
    assert found.sentence == "Pod web runs and is not ready: Readiness probe failed: HTTP 503."


BEGAN = AT - timedelta(minutes=2)
PROBES = {"startup": "GET /live on port 9090", "readiness": "command cat ready"}


@pytest.mark.parametrize(
    ("starting", "events", "why"),
    [
        (True, [], "its startup probe (GET /live on port 9090) has not succeeded, and no event says why"),
        (False, [], "its readiness probe (command cat ready) has not succeeded, and no event says why"),
        (
            True,
            [("Unhealthy", 'Startup probe failed: Get "http://x:9090/live": connection refused')],
            'its startup probe (GET /live on port 9090) is answered: Get "http://x:9090/live": connection refused',
        ),
        (
            True,
            [("BackOff", "x"), ("Unhealthy", "Readiness probe failed: HTTP probe failed with statuscode: 503")],
            "its readiness probe (command cat ready) is answered: HTTP probe failed with statuscode: 503",
        ),
        (
            False,
            [("Unhealthy", "Liveness probe failed: timeout")],
            "its liveness probe is answered: timeout",
        ),
        (False, [("Unhealthy", "odd")], "its readiness probe (command cat ready) has not succeeded, and no event"),
    ],
)
def test_a_container_that_is_not_ready_is_told_by_its_probe(
    starting: bool,  # noqa: FBT001
    events: list[tuple[str, str]],
    why: str,
) -> None:
    running = Pod("demo", "web", "Running", ready=False, restarts=0, started=True)
    found = of_unready(
        running, Unready("main", BEGAN, starting, PROBES), [about(*one) for one in events], "Pod web", "2m"
    )
    assert found.sentence.startswith(f"Pod web has run for 2m and is not ready: {why}")
    assert found.sentence.endswith(".")
    assert (found.reason, found.look) == ("Unhealthy", "kubectl -n demo logs web -c main")


def test_events_of_an_earlier_container_are_not_told() -> None:
    running = Pod("demo", "web", "Running", ready=False, restarts=1, started=True)
    now = Unready("main", AT + timedelta(seconds=1), starting=True, probes=PROBES)
    found = of_unready(running, now, [about("Unhealthy", "Startup probe failed: old")], "Pod web", "2m")
    assert "old" not in found.sentence


def test_a_container_without_a_probe_of_that_kind() -> None:
    running = Pod("demo", "web", "Running", ready=False, restarts=0, started=True)
    bare = Unready("main", BEGAN, starting=False, probes={"liveness": "TCP on port 1"})
    assert "it has no readiness probe" in of_unready(running, bare, [], "Pod web", "2m").sentence


PROBED = {
    "name": "main",
    "startupProbe": {"httpGet": {"path": "/live", "port": "system"}},
    "readinessProbe": {"exec": {"command": ["cat", "ready"]}},
    "livenessProbe": {"tcpSocket": {"port": 80}},
}


def unready(**changes: Any) -> Unready | None:
    status = {**container(running={"startedAt": "2026-11-25T01:16:10Z"}), "ready": False, "started": False}
    metadata = {"name": "web", "namespace": "demo", **changes.pop("metadata", {})}
    return read_pod(
        {
            "metadata": metadata,
            "spec": {"containers": [PROBED]},
            "status": {
                "phase": "Running",
                "containerStatuses": [{**status, **changes.pop("container", {})}],
                **changes,
            },
        }
    ).unready


def test_a_container_that_runs_and_is_not_ready() -> None:
    words = {"startup": "GET /live on port system", "readiness": "command cat ready", "liveness": "TCP on port 80"}
    assert unready() == Unready("main", BEGAN, starting=True, probes=words)
    found = unready(container={"started": True})
    assert found
    assert not found.starting


def test_one_that_was_ready_counts_from_then_on() -> None:
    turned = {"type": "ContainersReady", "status": "False", "lastTransitionTime": "2026-11-25T01:18:10Z"}
    found = unready(conditions=[turned])
    assert found
    assert found.since == AT


@pytest.mark.parametrize(
    "changes",
    [
        {"container": {"ready": True}},
        {"container": {"state": {"waiting": {"reason": "ContainerCreating"}}}},
        {"metadata": {"deletionTimestamp": "2026-11-25T01:18:10Z"}},
    ],
)
def test_one_that_is_ready_or_does_not_run_or_ends_is_none(changes: dict[str, Any]) -> None:
    assert unready(**changes) is None


@pytest.mark.parametrize(
    ("message", "sentence"),
    [
        ('x violates PodSecurity "restricted:latest"', "PodSecurity restricted:latest of namespace demo refuses"),
        ("exceeded quota: gpus, requested", "Quota gpus of namespace demo has no room for the Pods of graph g."),
        ("no", "Kubernetes refuses to create Pods of graph g: no."),
    ],
)
def test_pods_that_are_not_made(message: str, sentence: str) -> None:
    refused = about("FailedCreate", message, kind="ReplicaSet", name="g-worker-5d8f")
    found = of_creation([about("Other"), refused], ["g-worker", "g-worker-"], "look", "graph g")
    assert found
    assert found.sentence.startswith(sentence)
    assert found.look == "look"
    assert of_creation([refused], ["g-work", "g-worker"], "look", "graph g") is None


@pytest.mark.parametrize(
    "times",
    [
        {"series": {"lastObservedTime": "2026-11-25T01:18:10Z"}, "eventTime": "2026-11-25T01:00:00Z"},
        {"lastTimestamp": "2026-11-25T01:18:10Z"},
        {"eventTime": "2026-11-25T01:18:10"},
        {"metadata": {"namespace": "demo", "creationTimestamp": "2026-11-25T01:18:10Z"}},
    ],
)
def test_an_event_of_either_recorder(times: dict[str, Any]) -> None:
    involved = {"kind": "Pod", "name": "web"}
    event = {"metadata": {"namespace": "demo"}, "involvedObject": involved, "reason": "R", "message": "m", **times}
    assert read_event(event) == Event("demo", "Pod", "web", "R", "m", AT)


def test_a_pod_that_was_ended_as_a_whole_says_why() -> None:
    """Its containers only say that they were killed."""
    killed = container(terminated={"exitCode": 137, "reason": "Error"})
    found = read_pod(item(phase="Failed", reason="Evicted", message="low on memory", containerStatuses=[killed]))
    assert found.trouble == Trouble("Evicted", "web", message="low on memory")
    assert read_pod(item(phase="Failed", containerStatuses=[killed])).trouble.exit_code == 137  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "status",
    [
        {
            **container(waiting={"reason": "CrashLoopBackOff", "message": "back-off"}),
            "lastState": {"terminated": {"exitCode": 128, "reason": "StartError", "message": "no such program"}},
        },
        {
            **container(waiting={"reason": "RunContainerError", "message": "no such program"}),
            "lastState": {"terminated": {"exitCode": 128}},
        },
    ],
)
def test_a_program_that_cannot_be_started_says_why(status: dict[str, Any]) -> None:
    trouble = read_pod(item(containerStatuses=[status])).trouble
    assert trouble is not None
    sentence = of_trouble(trouble, POD, "Pod web").sentence
    assert sentence == "Pod web cannot start its container main: no such program."


@pytest.mark.parametrize(
    ("message", "why"),
    [
        ("failed to extract layer: no space left on device", "the disk of its node is full"),
        ("429: toomanyrequests: slow down", "the registry limits how often one may pull"),
        ("no match for platform in manifest: not found", "it is not made for the platform of its node"),
        ("tls: x509: certificate signed by unknown authority", "the certificate of its registry is not trusted"),
        ("http: server gave HTTP response to HTTPS client", "its registry speaks HTTP, not HTTPS"),
        ("unexpected status: 401 Unauthorized", "the registry asks for a login"),
        ("unexpected status: 403 Forbidden", "the registry denies access"),
    ],
)
def test_why_an_image_is_not_pulled(message: str, why: str) -> None:
    """Older kubelets say it in an event alone."""
    waiting = Trouble("ImagePullBackOff", "web", "main", "a:1", 'Back-off pulling image "a:1"')
    events = [about("BackOff", waiting.message), about("Failed", f'Failed to pull image "a:1": {message}')]
    for trouble in (with_events(waiting, POD, events), Trouble("ErrImagePull", "web", "main", "a:1", message)):
        assert of_trouble(trouble, POD, "Pod web").sentence == f"Pod web cannot pull image a:1: {why}."
    assert with_events(waiting, POD, [about("Failed", message, name="other")]) == waiting


def test_a_probe_that_ends_a_container_is_the_cause() -> None:
    killed = Trouble("CrashLoopBackOff", "web", "main", message="back-off", exit_code=137)
    events = [about("Unhealthy", "Readiness probe failed: 503"), about("Unhealthy", "Liveness probe failed: 404")]
    sentence = of_trouble(with_events(killed, POD, events), POD, "Pod web").sentence
    assert sentence.endswith("ends with status 137, because a probe ends it: Liveness probe failed: 404.")
    assert with_events(killed, POD, events[:1]) == killed
    assert with_events(Trouble("Error", "web", exit_code=1), POD, events).message == ""
