"""Make one object be as desired, and tell in an event what was done."""

from __future__ import annotations

import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NoReturn

from dynamo_api.facts import names
from groundwork.kube.errors import ApiError
from groundwork.kube.objects import (
    Object,
    annotations_of,
    being_deleted,
    controller_of,
    name_of,
    namespace_of,
    owned_by,
)
from mock_platform.operator.kube.api import Api, resource_of
from mock_platform.operator.kube.fingerprint import fingerprint

if TYPE_CHECKING:
    from mock_platform.operator.kube.events import Recorder

_OWN = ("metadata", "status", "apiVersion", "kind")


class NotYetError(Exception):
    """Something must go first: try again shortly, and do not call it a failure."""

    def __init__(self, reason: str, seconds: float = 1.0) -> None:
        """Keep the reason, and in how many seconds to try again."""
        super().__init__(reason)
        self.seconds = seconds


class BlockedError(Exception):
    """What is there cannot be made as desired, and the message says why."""


@dataclass(frozen=True, slots=True)
class Syncer:
    """Creates and corrects the objects of an owner."""

    api: Api
    recorder: Recorder
    reporter: str
    """Name of the controller that the events are from."""

    def sync(self, desired: Object, owner: Object) -> tuple[Object, bool]:
        """Make the object exist as desired; returns it as it is now, and whether anything was done.

        An object is corrected when the desired content is another than at the last writing, and one with a
        generation when that is not the one recorded then, too: somebody changed its spec. Services, Roles and
        other kinds without a generation keep what somebody changes, as with the real operator.

        Raises:
            NotYetError: it is being deleted.
            BlockedError: an object of that name belongs to somebody else.
            ApiError: the API server says no.
        """
        desired = stamped(desired)
        live = self.api.get(resource_of(desired), namespace_of(desired), name_of(desired))
        if live is None:
            return self._create(desired), True
        if being_deleted(live):
            raise NotYetError(f"{desired['kind']} {name_of(desired)} is being deleted")
        if not owned_by(live, owner):
            _raise_foreign(live, owner)
        if _as_desired(desired, live):
            self._tell("Update", live, "Update", "is up to date, not updated")
            return live, False
        return self._update(desired, live), True

    def sync_free(self, desired: Object) -> None:
        """Like `sync`, of an object that has no owner yet; one that has is in use and is left as it is.

        Raises:
            ApiError: the API server says no.
        """
        desired = stamped(desired)
        live = self.api.get(resource_of(desired), namespace_of(desired), name_of(desired))
        if live is None:
            self._create(desired)
        elif controller_of(live) is None and not _as_desired(desired, live):
            self._update(desired, live)

    def ensure(self, desired: Object) -> None:
        """Make the object if there is none; what is there is left as it is."""
        if self.api.get(resource_of(desired), namespace_of(desired), name_of(desired)) is None:
            try:
                self.api.create(desired)
            except ApiError as error:
                if not error.conflict:
                    raise

    def _create(self, desired: Object) -> Object:
        self._tell("Create", desired, "Create", "is about to be created")
        try:
            live = self.api.create(desired)
        except ApiError as error:
            if not error.passing:
                self._tell("Create", desired, "Create", f"could not be created: {error.message}", kind="Warning")
            raise
        self._tell("Create", live, "Create", "was created")
        return self._settled(live)

    def _update(self, desired: Object, live: Object) -> Object:
        if desired["kind"] == "RoleBinding" and desired["roleRef"] != live.get("roleRef"):
            # The API server lets nobody change a roleRef: the binding is made anew.
            self.api.delete(live)
            raise NotYetError(f"RoleBinding {name_of(desired)} refers to another role and is created again")
        updated = self.api.replace(_merged(desired, live))
        self._tell("Update", updated, "Update", "was updated")
        return self._settled(updated)

    def _settled(self, live: Object) -> Object:
        """Record the generation this writing ended with: a later one is somebody else's."""
        generation = str(live["metadata"].get("generation") or 1)
        if annotations_of(live).get(names.LAST_APPLIED_GENERATION) == generation:
            return live
        note = {"metadata": {"annotations": {names.LAST_APPLIED_GENERATION: generation}}}
        return self.api.patch(live, note)

    def _tell(self, verb: str, item: Object, action: str, what: str, *, kind: str = "Normal") -> None:
        about = item["kind"]
        note = f"{about} {name_of(item)} {what}"
        self.recorder.event(item, self.reporter, action, f"{verb}{about}", note, kind=kind)


def stamped(desired: Object) -> Object:
    """The object with the annotations that tell later what was last applied."""
    content = {key: value for key, value in desired.items() if key not in _OWN}
    result = copy.deepcopy(desired)
    result["metadata"]["annotations"] = {
        **annotations_of(desired),
        names.LAST_APPLIED_HASH: fingerprint(content),
        names.LAST_APPLIED_GENERATION: "1",
    }
    return result


def _as_desired(desired: Object, live: Object) -> bool:
    noted, wanted = annotations_of(live), annotations_of(desired)
    if noted.get(names.LAST_APPLIED_HASH) != wanted[names.LAST_APPLIED_HASH]:
        return False
    generation = live["metadata"].get("generation")
    if generation is not None and noted.get(names.LAST_APPLIED_GENERATION) != str(generation):
        return False
    kept = {key: value for key, value in wanted.items() if key != names.LAST_APPLIED_GENERATION}
    metadata = {"labels": desired["metadata"].get("labels") or {}, "annotations": kept}
    return _contains(live["metadata"], metadata)


def _contains(live: Any, desired: Any) -> bool:
    """Whether every desired field has that value; lists of objects are compared item by item."""
    if isinstance(desired, dict):
        if not isinstance(live, dict):
            return not desired
        return all(_contains(live.get(key), value) for key, value in desired.items())
    if isinstance(desired, list) and desired and isinstance(desired[0], dict):
        same_length = isinstance(live, list) and len(live) == len(desired)
        return same_length and all(map(_contains, live, desired))
    return bool(live == desired) or (desired == [] and live is None)


def _merged(desired: Object, live: Object) -> Object:
    """What to put in place of `live`: the desired content, others' labels and annotations kept."""
    merged = copy.deepcopy(desired)
    metadata = copy.deepcopy(live["metadata"])
    for key in ("labels", "annotations"):
        metadata[key] = {**(metadata.get(key) or {}), **(desired["metadata"].get(key) or {})}
    wanted = desired["metadata"].get("finalizers") or []
    if wanted:
        metadata["finalizers"] = sorted({*(metadata.get("finalizers") or []), *wanted})
    metadata["annotations"][names.LAST_APPLIED_GENERATION] = str(int(metadata.get("generation") or 0) + 1)
    merged["metadata"] = metadata
    if desired["kind"] == "Service":
        # Addresses are given once and cannot be taken back.
        merged["spec"] = {**live["spec"], **desired["spec"]}
    if desired["kind"] == "ServiceAccount":
        merged |= {key: live[key] for key in ("secrets", "imagePullSecrets") if key in live}
    return merged


def _raise_foreign(live: Object, owner: Object) -> NoReturn:
    what = f"{live['kind']} {name_of(live)}"
    holder = controller_of(live)
    if holder and (holder["kind"], holder["name"]) == (owner["kind"], name_of(owner)):
        raise NotYetError(
            f"{what} belongs to an earlier {owner['kind']} of that name and waits for its collection"
        )
    belongs = f"belongs to {holder['kind']} {holder['name']}" if holder else "was not created by the operator"
    raise BlockedError(
        f"{what} exists already and {belongs}, not to {owner['kind']} {name_of(owner)}: delete or rename one"
    )
