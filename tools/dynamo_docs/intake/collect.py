"""An intake put together: what is given of a release, held against another one and against this project."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dynamo_api import releases
from dynamo_api.facts import kinds
from dynamo_crd.admission.planner_fields import FIELDS, RETIRED
from dynamo_crd.schemas import compile as compiler
from dynamo_docs.intake import chart, crd_changes, keys, names, touches, words
from dynamo_docs.intake.model import Area, Change, Intake, Tutorials, What
from dynamo_docs.intake.verdicts import verdicts

if TYPE_CHECKING:
    from pathlib import Path

    from dynamo_api.releases import Held
    from dynamo_docs.intake.chart import Chart
    from dynamo_docs.intake.wheel import Wheel

CRDs = list[dict[str, Any]]
TABLE = "tools/dynamo_api/release_table/releases.toml"


@dataclass(frozen=True, slots=True)
class Given:
    """What there is of a release; None for what is not given."""

    of: Held
    """The release; of a new one that the table lacks the newest that it has."""
    crds: CRDs | None = None
    wheel: Wheel | None = None
    chart: Chart | None = None


@dataclass(slots=True)
class _Findings:
    changes: list[Change] = field(default_factory=list)
    gaps: list[str] = field(default_factory=list)
    todo: list[str] = field(default_factory=list)


def collect(release: str, new: Given, old: Given, root: Path, unread: tuple[str, ...] = ()) -> Intake:
    """A report, without the tutorials.

    Args:
        release: its name.
        new: what is given of it.
        old: the release that it is compared to, and what is given of that; CRDs None: those that this project has.
        root: the site's top folder.
        unread: what is known not to have been read, a clause each.
    """
    state, against = new.of.state, old.of
    found = _Findings()
    _gaps(found, release, new.of, unread)
    _crds(found, new, old)
    _wheels(found, new.wheel, old.wheel, state)
    _charts(found, new.chart, old.chart, root)
    plain = rf"(?<![\d.]){against.release.name.replace('.', '[.]')}(?![\d]|[.-]\w)"
    found.changes.append(Change(Area.RELEASE, against.release.name, What.NAMED, words=(plain,)))
    touched = touches.find(root, [change.words for change in found.changes])
    return Intake(
        release,
        against.release.name,
        _inputs(new, old),
        tuple(zip(found.changes, touched, strict=True)),
        tuple(found.gaps),
        verdicts(root, new.crds, state),
        f"{'the CRDs given' if new.crds else 'this project'}, admission and advice as of {releases.label(state)}",
        tuple(found.todo),
        Tutorials("Not run: --run was not given."),
    )


def _inputs(new: Given, old: Given) -> dict[str, str]:
    own = f"this project's of {old.of}"
    return {
        "CRDs": f"{'given' if new.crds else 'not given'}, compared with {'those given' if old.crds else own}",
        "wheel": " compared with ".join(str(one) for one in (new.wheel, old.wheel) if one) or "not given",
        "chart": f"{new.chart.name} {new.chart.version}" if new.chart else "not given",
    }


def _gaps(found: _Findings, release: str, known: Held, unread: tuple[str, ...]) -> None:
    found.gaps += [f"Not read: {clause}." for clause in unread]
    if known.release.name != release:
        found.todo.append(
            f'{TABLE}: add a row [[release]] with name = "{release}", its date and what was read of it.'
        )
        found.gaps.append(
            f"{release} is not in the table of releases: rules and advice are the newest that are known."
        )
    elif known.note:
        found.gaps.append(f"Of {release} the table of releases says: {known.note} (its CRDs were not read whole).")


def _crds(found: _Findings, new: Given, old: Given) -> None:
    against, state = old.of, new.of.state
    if new.crds is None:
        found.gaps.append("CRDs were not given: fields and rules are not compared.")
        return
    before = old.crds or compiler.crds(release=against.state)
    apart, inside = crd_changes.changes(before, new.crds)
    missing = crd_changes.lacking(before, new.crds)
    found.changes += [one for one in apart if one.place not in missing]
    found.gaps += [f"{kind} is not among the CRDs given: gone, or not read." for kind in missing]
    if inside:
        found.gaps.append(
            f"{inside} facts within Kubernetes' own types (pod templates and the like) are not listed."
        )
    whole = _last_whole(against)
    if old.crds is None and whole != against.state:
        earlier, _ = crd_changes.changes(compiler.crds(release=whole), before, Area.BEFORE)
        found.changes += earlier
        text = f"The CRDs of {against.release.name} were not read whole; those of {releases.label(whole)} were"
        found.gaps.append(f"{text}: what came in between is listed, too.")
    sources, _ = crd_changes.changes(compiler.crds(release=state), new.crds)
    label = releases.label(state)
    found.todo += [
        f"tools/dynamo_crd/sources, as of {label}: {one.place} is {one.what} {one.new or one.old}".rstrip()
        for one in sources
        if one.place not in missing
    ]


def _last_whole(against: Held) -> str:
    """The last state up to a release whose CRDs were read whole."""
    rows = [releases.of_state(state) for state in releases.states()]
    until = next(number for number, row in enumerate(rows) if row.state == against.state)
    return next((row.state for row in reversed(rows[: until + 1]) if row.crds == "exact"), against.state)


def _wheels(found: _Findings, new: Wheel | None, old: Wheel | None, state: str) -> None:
    if new is None:
        found.gaps.append("A wheel was not given: keys, options and generated names are not compared.")
        return
    planner = keys.planner(new)
    found.todo += _unknown_keys(planner, state)
    if old is None:
        found.gaps.append(
            "An older wheel was not given: the planner's keys are compared only with this project's."
        )
        return
    found.changes += keys.changes(Area.PLANNER, keys.planner(old), planner)
    found.changes += _beside(found.changes, list(keys.changes(Area.REQUEST, keys.request(old), keys.request(new))))
    before, after = names.components(old), names.components(new)
    found.changes += names.renamed(before, after)
    found.changes += words.changes(words.said(old), words.said(new))
    found.changes += names.other_options(names.options(old), names.options(new))
    found.gaps.append("Names that the operator gives (Jobs, ConfigMaps, accounts) are in no wheel: not compared.")
    if not after:
        found.gaps.append(f"{new.name} has no templates of graphs: generated names are not compared.")
    for (name, line), other in ((one, old.requires.get(one[0], "")) for one in new.requires.items()):
        if line != other:
            place = f"what the package needs: {name}"
            found.changes.append(Change(Area.OPTIONS, place, What.CHANGED if other else What.ADDED, other, line))


def _beside(crds: list[Change], wheel: list[Change]) -> list[Change]:
    """Changes of the request in the wheel that are not changes of its CRD as well."""
    start = f"{kinds.REQUEST} v1beta1 "
    told = {(one.place.removeprefix(start), one.what, one.new) for one in crds if one.place.startswith(start)}
    fields = {place for place, what, _ in told if what in {What.ADDED, What.REMOVED} and ":" not in place}
    return [one for one in wheel if one.place not in fields and (one.place, one.what, one.new) not in told]


def _unknown_keys(planner: keys.Keys, state: str) -> list[str]:
    """What tools/dynamo_crd/admission/planner_fields.py does not say of a release, or says otherwise."""
    top = {name for name in planner.keys if "." not in name}
    ours = {name for name, field in FIELDS.items() if field.in_release(state)}
    file, label = "tools/dynamo_crd/admission/planner_fields.py", releases.label(state)
    said = [f"{file}: the planner reads {name}, which is not known as of {label}." for name in sorted(top - ours)]
    aliases = {"ttft", "itl", "throughput_adjustment_interval", "load_adjustment_interval"}
    gone = sorted(ours - top - aliases)
    said += [f"{file}: {name} is known as of {label}, and the planner has no such key." for name in gone]
    return said + [
        f"{file}: the planner refuses {name}, which RETIRED does not have: {says}."
        for name, says in sorted(planner.refused.items())
        if name not in RETIRED
    ]


def _charts(found: _Findings, new: Chart | None, old: Chart | None, root: Path) -> None:
    if new is None:
        found.gaps.append("A chart was not given: values are not compared.")
        return
    found.todo += chart.unknown_values(new, root)
    found.gaps += [
        f"Values of the chart's part {name} are not in it: not compared." for name in sorted(new.unread)
    ]
    if old is not None:
        found.changes += chart.changes(old, new)
    else:
        found.gaps.append("An older chart was not given: only the values that pages set are looked up.")
