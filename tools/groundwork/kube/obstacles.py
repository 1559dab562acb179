"""What keeps Pods from running, in one sentence: whose, why, and the command to look further with."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from groundwork.base.wording import counted, quoted
from groundwork.kube.gpus import RESOURCE
from groundwork.kube.pods import STARTING

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from groundwork.kube.events import Event
    from groundwork.kube.pods import Pod, Trouble, Unready

PULLING = frozenset(
    {"ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "ImageInspectError", "RegistryUnavailable"}
)
"""Reasons of a container whose image cannot be had."""
_NO_CLAIM = re.compile(r'persistentvolumeclaim "([^"]+)" not found', re.IGNORECASE)
_UNBOUND = "unbound immediate PersistentVolumeClaims"
_ENDING = re.compile(r"(Liveness|Startup) probe (?:failed|errored)")
"""Probes that end a container when they fail."""
_FAILED_PROBE = re.compile(r"(\w+) probe (?:failed|errored)[^:]*: *(.*)", re.DOTALL)
_MISSING = re.compile(r'(secret|configmap) "([^"]+)" not found', re.IGNORECASE)
_NO_KEY = re.compile(r"couldn't find key (\S+) in (Secret|ConfigMap) (?:[^/\s]+/)?(\S+)")
_NODES = re.compile(r"available: (.+?)(?:\. (?:preemption|no new claims)|\.?$)", re.DOTALL)
_SECURITY = re.compile(r'violates PodSecurity "([^"]+)"')
_QUOTA = re.compile(r"exceeded quota: ([^,\s]+)")
_GPUS_OF_NODES = (
    "kubectl get nodes -o custom-columns='NAME:.metadata.name,GPUS:.status.allocatable."
    f"{RESOURCE.replace('.', chr(92) + '.')}'"
)
_NOT_CREATED = "FailedCreate"
_ENDED = {
    "Evicted": "evicted",
    "DeadlineExceeded": "ended at its deadline",
    "Terminated": "ended with its node",
    "NodeShutdown": "ended with its node",
    "UnexpectedAdmissionError": "refused by its node",
    f"OutOf{RESOURCE}": "refused by its node",
}
"""Reasons of a Pod that was ended as a whole, and what happened to it."""
_KILLED = (137, 143)
"""Exit statuses of a container that was told to end."""
_NOT_STARTED = frozenset({"FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"})
_PROBE = "Unhealthy"
_NOT_PULLED = (
    ("no space left on device", ": the disk of its node is full"),
    ("toomanyrequests", ": the registry limits how often one may pull"),
    ("no match for platform", ": it is not made for the platform of its node"),
    ("x509", ": the certificate of its registry is not trusted"),
    ("http response to https client", ": its registry speaks HTTP, not HTTPS"),
    ("not found", ": there is none of that name"),
    ("unauthorized", ": the registry asks for a login"),
    ("denied", ": the registry denies access"),
    ("403 forbidden", ": the registry denies access"),
    ("no such host", ": its registry is not known here"),
    ("i/o timeout", ": its registry does not answer"),
    ("connection refused", ": its registry does not answer"),
)
"""Parts of a container runtime's message, and the meaning of each."""


@dataclass(frozen=True, slots=True)
class Obstacle:
    """What keeps Pods from running."""

    reason: str
    """Kubernetes' own word."""
    sentence: str
    look: str
    """Command to look further with."""
    message: str = ""
    """The cluster's own words."""


def of_trouble(trouble: Trouble, pod: Pod, subject: str, count: int = 1) -> Obstacle:
    """What a trouble means.

    Args:
        trouble: the trouble.
        pod: the Pod that has it, to look at.
        subject: whose it is, for the sentence: "Pod web-0".
        count: of how many Pods the subject speaks.
    """
    describe = _describe(pod)
    if trouble.reason in PULLING:
        needs = "cannot pull" if trouble.reason != "ErrImageNeverPull" else "may not pull, and does not have,"
        image = f"image {trouble.image}" if trouble.image else "its image"
        why = next((words for sign, words in _NOT_PULLED if sign in trouble.message.lower()), "")
        return _obstacle(trouble, f"{subject} {needs} {image}{why}.", describe)
    if trouble.reason == "CreateContainerConfigError":
        return _configuration(subject, pod, trouble)
    if trouble.reason == "Unschedulable":
        return _unschedulable(subject, count, trouble, pod)
    if trouble.exit_code is not None:
        return _crashed(subject, count, pod, trouble)
    return _obstacle(trouble, _ended(subject, count, trouble), describe)


def _ended(subject: str, count: int, trouble: Trouble) -> str:
    """What is said of all other reasons."""
    said = f": {quoted(trouble.message)}" if trouble.message else ""
    if trouble.reason == "InvalidImageName":
        return f"{subject} has an invalid image name: {trouble.image}."
    if trouble.reason in STARTING:
        return f"{subject} cannot start its container {trouble.container}{said}."
    if trouble.reason in _ENDED:
        return f"{subject} {'were' if count > 1 else 'was'} {_ENDED[trouble.reason]}{said}."
    return f"{subject} does not run ({trouble.reason}){said}."


def with_events(trouble: Trouble, pod: Pod, events: Iterable[Event]) -> Trouble:
    """The trouble, with what only events say: why an image is not pulled, and that a probe ends a container."""
    messages = [(event.reason, event.message) for event in events
                if (event.kind, event.namespace, event.name) == ("Pod", pod.namespace, pod.name)]  # fmt: skip
    known = any(sign in trouble.message.lower() for sign, _ in _NOT_PULLED)
    if trouble.reason in PULLING and not known:
        told = next((text for reason, text in messages if reason == "Failed" and "pull" in text.lower()), "")
        return replace(trouble, message=told or trouble.message)
    if trouble.exit_code in _KILLED and trouble.reason != "OOMKilled":
        told = next((text for reason, text in messages if reason == _PROBE and _ENDING.match(text)), "")
        return replace(trouble, message=told or trouble.message)
    return trouble


def of_events(pod: Pod, events: Iterable[Event], subject: str, *, probes: bool = False) -> Obstacle | None:
    """What only events tell of a Pod without a trouble: its volumes, and its probes.

    Args:
        pod: the Pod.
        events: warnings of its namespace, the first that fits counts.
        subject: whose it is, for the sentence.
        probes: whether to tell of a Pod that runs and whose probe fails, too: one that is still starting does so
            for a while.
    """
    waits, runs = not pod.started and pod.phase == "Pending", pod.phase == "Running" and not pod.ready
    for event in events:
        if (event.kind, event.namespace, event.name) != ("Pod", pod.namespace, pod.name):
            continue
        if waits and event.reason in _NOT_STARTED:
            sentence = f"{subject} cannot start: {quoted(event.message)}."
        elif probes and runs and event.reason == _PROBE:
            sentence = f"{subject} runs and is not ready: {quoted(event.message)}."
        else:
            continue
        return Obstacle(event.reason, sentence, _describe(pod), event.message)
    return None


def of_unready(pod: Pod, unready: Unready, events: Iterable[Event], subject: str, lasted: str) -> Obstacle:
    """Why a container that runs is not ready: which probe says so, and what that was answered.

    Args:
        pod: the Pod.
        unready: the container.
        events: warnings of its namespace, the latest first; those from before it ran are not about it.
        subject: whose it is, for the sentence.
        lasted: for how long it is so, in words.
    """
    kind, answer, message = "startup" if unready.starting else "readiness", "", ""
    for event in events:
        mine = (event.kind, event.namespace, event.name) == ("Pod", pod.namespace, pod.name)
        told = _FAILED_PROBE.match(event.message) if mine and event.reason == _PROBE else None
        if told and event.at is not None and event.at >= unready.since:
            kind, answer, message = told[1].lower(), quoted(told[2]), event.message
            break
    probe = f"its {kind} probe" + (f" ({unready.probes[kind]})" if kind in unready.probes else "")
    if answer:
        why = f"{probe} is answered: {answer}"
    elif unready.probes and kind not in unready.probes:
        why = f"it has no {kind} probe, so look at the conditions of the Pod"
    else:
        why = f"{probe} has not succeeded, and no event says why"
    sentence = f"{subject} has run for {lasted} and is not ready: {why}."
    look = f"kubectl -n {pod.namespace} logs {pod.name} -c {unready.container}"
    return Obstacle(_PROBE, sentence, look, message)


def of_creation(events: Iterable[Event], owners: Sequence[str], look: str, subject: str) -> Obstacle | None:
    """Pods that Kubernetes refuses to make, which only an event of their Job or ReplicaSet says.

    Args:
        events: warnings of the namespace.
        owners: names, or beginnings of names that end in "-".
        look: the command to look further with.
        subject: whose Pods they are, for the sentence.
    """
    for event in events:
        mine = any(
            event.name == owner or (owner.endswith("-") and event.name.startswith(owner)) for owner in owners
        )
        if event.reason == _NOT_CREATED and mine:
            return Obstacle(_NOT_CREATED, _not_created(event, subject), look, event.message)
    return None


def _not_created(event: Event, subject: str) -> str:
    security, quota = _SECURITY.search(event.message), _QUOTA.search(event.message)
    if security:
        return f"PodSecurity {security[1]} of namespace {event.namespace} refuses the Pods of {subject}."
    if quota:
        return f"Quota {quota[1]} of namespace {event.namespace} has no room for the Pods of {subject}."
    return f"Kubernetes refuses to create Pods of {subject}: {quoted(event.message)}."


def _configuration(subject: str, pod: Pod, trouble: Trouble) -> Obstacle:
    missing, key = _MISSING.search(trouble.message), _NO_KEY.search(trouble.message)
    if missing:
        kind = {"secret": "Secret", "configmap": "ConfigMap"}[missing[1].lower()]
        sentence = f"{subject} needs {kind} {missing[2]}, which does not exist in namespace {pod.namespace}."
        return _obstacle(trouble, sentence, f"kubectl -n {pod.namespace} get {missing[1].lower()} {missing[2]}")
    if key:
        sentence = f"{subject} needs key {key[1]} of {key[2]} {key[3]}, which has no such key."
        return _obstacle(trouble, sentence, f"kubectl -n {pod.namespace} describe {key[2].lower()} {key[3]}")
    return _obstacle(trouble, f"{subject} cannot be configured: {quoted(trouble.message)}.", _describe(pod))


def _unschedulable(subject: str, count: int, trouble: Trouble, pod: Pod) -> Obstacle:
    s, describe = "" if count > 1 else "s", _describe(pod)
    claim = _NO_CLAIM.search(trouble.message)
    if claim:
        where = f"which does not exist in namespace {pod.namespace}"
        look = f"kubectl -n {pod.namespace} get pvc {claim[1]}"
        return _obstacle(trouble, f"{subject} need{s} PersistentVolumeClaim {claim[1]}, {where}.", look)
    if _UNBOUND in trouble.message:
        sentence = f"{subject} wait{s} for a volume: a PersistentVolumeClaim is not bound to one."
        return _obstacle(trouble, sentence, f"kubectl -n {pod.namespace} get pvc")
    found = _NODES.search(trouble.message)
    why = quoted(found[1] if found else trouble.message)
    verb = f"find{s}"
    if f"Insufficient {RESOURCE}" in trouble.message:
        return _obstacle(trouble, f"{subject} {verb} no node with enough free GPUs ({why}).", _GPUS_OF_NODES)
    return _obstacle(trouble, f"{subject} {verb} no node to run on ({why}).", describe)


def _crashed(subject: str, count: int, pod: Pod, trouble: Trouble) -> Obstacle:
    container = f" -c {trouble.container}" if trouble.container else ""
    again = trouble.reason in ("CrashLoopBackOff", "OOMKilled") and pod.restarts
    previous = " --previous" if again else ""
    how = "runs out of memory" if trouble.reason == "OOMKilled" else f"ends with status {trouble.exit_code}"
    often = f" again and again ({counted(pod.restarts, 'restart')})" if again else ""
    which = f"container {trouble.container} " if trouble.container else "its container "
    why = f", because a probe ends it: {quoted(trouble.message)}" if _ENDING.match(trouble.message) else ""
    return _obstacle(
        trouble,
        f"{subject} {'fail' if count > 1 else 'fails'}: {which}{how}{often}{why}.",
        f"kubectl -n {pod.namespace} logs {pod.name}{container}{previous}",
    )


def _obstacle(trouble: Trouble, sentence: str, look: str) -> Obstacle:
    return Obstacle(trouble.reason, sentence, look, trouble.message)


def _describe(pod: Pod) -> str:
    return f"kubectl -n {pod.namespace} describe pod {pod.name}"
