"""Pods that cannot run, in one sentence: whose, why, and what to look at."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from dynamo_api.facts.names import COPIER_CONTAINER
from groundwork.kube.gpus import RESOURCE
from kubectl_dynamo.judging.item import Blocker
from kubectl_dynamo.reading.pods import gravity
from kubectl_dynamo.words import plural, quoted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from kubectl_dynamo.reading.model import Event, Pod, Trouble

_PULLING = frozenset(
    {"ErrImagePull", "ImagePullBackOff", "ErrImageNeverPull", "ImageInspectError", "RegistryUnavailable"}
)
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
_POD_EVENTS = frozenset({"FailedMount", "FailedAttachVolume", "FailedCreatePodSandBox"})


def pod_blocker(pods: Sequence[Pod], events: Iterable[Event], *, profiler: bool = False) -> Blocker | None:
    """The gravest trouble among the Pods of one owner; Pods with the same trouble are told of together.

    Args:
        pods: of one graph or of one profiling Job.
        events: warnings of their namespace.
        profiler: whether they are the profiling Job's.
    """
    troubled = [(pod, pod.trouble) for pod in pods if pod.trouble]
    if not troubled:
        return _from_events(pods, events, profiler=profiler)
    groups = Counter((pod.component, trouble.reason, trouble.container) for pod, trouble in troubled)
    worst = min(groups, key=lambda group: (gravity(group[1]), -groups[group], group))
    pod, trouble = next(
        pair for pair in troubled if (pair[0].component, pair[1].reason, pair[1].container) == worst
    )
    return _told(_subject(pod, groups[worst], profiler=profiler), groups[worst], pod, trouble)


def creation_blocker(events: Iterable[Event], owners: Sequence[str], look: str, subject: str) -> Blocker | None:
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
            return Blocker(_NOT_CREATED, _not_created(event, subject), look, event.message)
    return None


def _not_created(event: Event, subject: str) -> str:
    security, quota = _SECURITY.search(event.message), _QUOTA.search(event.message)
    if security:
        return f"PodSecurity {security[1]} of namespace {event.namespace} refuses the Pods of {subject}."
    if quota:
        return f"Quota {quota[1]} of namespace {event.namespace} has no room for the Pods of {subject}."
    return f"Kubernetes refuses to create Pods of {subject}: {quoted(event.message)}."


def _subject(pod: Pod, count: int, *, profiler: bool) -> str:
    if profiler:
        return f"The profiler's Pod {pod.name}"
    if count == 1:
        return f"Pod {pod.name}" + (f" of {pod.component}" if pod.component else "")
    return plural(count, "Pod") + (f" of {pod.component}" if pod.component else f" of {pod.owner}")


def _told(subject: str, count: int, pod: Pod, trouble: Trouble) -> Blocker:
    describe = f"kubectl -n {pod.namespace} describe pod {pod.name}"
    if trouble.reason in _PULLING:
        needs = "cannot pull" if trouble.reason != "ErrImageNeverPull" else "may not pull, and does not have,"
        copier = "; without it the request stays in Profiling" if trouble.container == COPIER_CONTAINER else ""
        sentence = f"{subject} {needs} image {trouble.image}{_why_not_pulled(trouble.message)}{copier}."
        return Blocker(trouble.reason, sentence, describe, trouble.message)
    if trouble.reason == "CreateContainerConfigError":
        return _configuration(subject, pod, trouble, describe)
    if trouble.reason == "Unschedulable":
        return _unschedulable(subject, count, trouble, describe)
    if trouble.exit_code is not None:
        return _crashed(subject, count, pod, trouble)
    if trouble.reason == "InvalidImageName":
        return Blocker(
            trouble.reason,
            f"{subject} has an image name that is none: {trouble.image}.",
            describe,
            trouble.message,
        )
    said = f": {quoted(trouble.message)}" if trouble.message else ""
    return Blocker(trouble.reason, f"{subject} does not run ({trouble.reason}){said}.", describe, trouble.message)


def _why_not_pulled(message: str) -> str:
    for sign, words in (
        ("not found", ": there is none of that name"),
        ("unauthorized", ": the registry asks for a login"),
        ("denied", ": the registry denies access"),
        ("no such host", ": its registry is not known here"),
        ("i/o timeout", ": its registry does not answer"),
        ("connection refused", ": its registry does not answer"),
    ):
        if sign in message:
            return words
    return ""


def _configuration(subject: str, pod: Pod, trouble: Trouble, describe: str) -> Blocker:
    missing, key = _MISSING.search(trouble.message), _NO_KEY.search(trouble.message)
    if missing:
        kind = {"secret": "Secret", "configmap": "ConfigMap"}[missing[1].lower()]
        sentence = f"{subject} needs {kind} {missing[2]}, which does not exist in namespace {pod.namespace}."
        look = f"kubectl -n {pod.namespace} get {missing[1].lower()} {missing[2]}"
        return Blocker(trouble.reason, sentence, look, trouble.message)
    if key:
        sentence = f"{subject} needs key {key[1]} of {key[2]} {key[3]}, which has no such key."
        look = f"kubectl -n {pod.namespace} describe {key[2].lower()} {key[3]}"
        return Blocker(trouble.reason, sentence, look, trouble.message)
    sentence = f"{subject} cannot be configured: {quoted(trouble.message)}."
    return Blocker(trouble.reason, sentence, describe, trouble.message)


def _unschedulable(subject: str, count: int, trouble: Trouble, describe: str) -> Blocker:
    found = _NODES.search(trouble.message)
    why = quoted(found[1] if found else trouble.message)
    verb = "find" if count > 1 else "finds"
    if f"Insufficient {RESOURCE}" in trouble.message:
        sentence = f"{subject} {verb} no node with enough free GPUs ({why})."
        return Blocker(trouble.reason, sentence, _GPUS_OF_NODES, trouble.message)
    return Blocker(trouble.reason, f"{subject} {verb} no node to run on ({why}).", describe, trouble.message)


def _crashed(subject: str, count: int, pod: Pod, trouble: Trouble) -> Blocker:
    container = f" -c {trouble.container}" if trouble.container else ""
    again = trouble.reason in ("CrashLoopBackOff", "OOMKilled") and pod.restarts
    previous = " --previous" if again else ""
    look = f"kubectl -n {pod.namespace} logs {pod.name}{container}{previous}"
    how = "runs out of memory" if trouble.reason == "OOMKilled" else f"ends with status {trouble.exit_code}"
    often = f" again and again ({plural(pod.restarts, 'restart')})" if again else ""
    which = f"container {trouble.container} " if trouble.container else "its container "
    return Blocker(
        trouble.reason,
        f"{subject} {'fail' if count > 1 else 'fails'}: {which}{how}{often}.",
        look,
        trouble.message,
    )


def _from_events(pods: Sequence[Pod], events: Iterable[Event], *, profiler: bool) -> Blocker | None:
    waiting = {pod.name: pod for pod in pods if not pod.started and pod.phase == "Pending"}
    for event in events:
        if event.kind == "Pod" and event.reason in _POD_EVENTS and event.name in waiting:
            pod = waiting[event.name]
            sentence = f"{_subject(pod, 1, profiler=profiler)} cannot start: {quoted(event.message)}."
            look = f"kubectl -n {pod.namespace} describe pod {pod.name}"
            return Blocker(event.reason, sentence, look, event.message)
    return None
