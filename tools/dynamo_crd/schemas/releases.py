"""The releases of Dynamo whose CRDs were read, and what a mapping of the sources was in one of them.

The table of dynamo_api.releases lists the releases; those whose CRDs were read are states, by which all is dated.
Any mapping of the sources (a field, a type, a rule, a printer column, a version) may say `since`, `until` and
`was`; `sources/README.md` describes them.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from dynamo_api.releases import named as held
from dynamo_api.releases import of_state, states
from dynamo_crd.schemas import kubernetes, source_files
from dynamo_crd.schemas.kubernetes import Build
from groundwork.base.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable

    from dynamo_crd.schemas.source_files import Source
    from groundwork.base.field_paths import Path

KEYS: dict[str, type | tuple[type, ...]] = {"since": str, "until": str, "was": dict}
"""Keys of a mapping that say which releases have it, and their values' types."""


@dataclass(frozen=True, slots=True)
class AsOf:
    """A mapping of a source as it was in one release."""

    values: dict[str, Any]
    """Keys and values except `since`, `until` and `was`."""
    origins: dict[str, Path] = field(repr=False)
    """Paths of its keys: in the mapping itself or under its `was`."""


@functools.cache
def table() -> Source:
    """`kinds.yaml`."""
    return source_files.load(source_files.FOLDER / "kinds.yaml")


def names() -> tuple[str, ...]:
    """The states whose CRDs were read, from old to new: `v0.6.1`, `main-1.4.0`, ..."""
    return states()


def newest() -> str:
    """The newest of them."""
    return names()[-1]


def named(text: str = "") -> str:
    """The state that a release is held to, from `v0.7.1`, `0.7.1` or `1.6.2`; by default of the followed release.

    Raises:
        UserError: no such release; the hint lists them.
    """
    return held(text).state


def build(release: str) -> Build:
    """How Kubernetes' types look in a release's CRDs."""
    row = of_state(release)
    return Build(row.kubernetes or kubernetes.newest().version, row.embedded_metadata)


def there(values: dict[str, Any], release: str) -> bool:
    """Whether a mapping's `since` and `until` let it into a release."""
    order = names()
    first, last = values.get("since", order[0]), values.get("until", order[-1])
    return order.index(first) <= order.index(release) <= order.index(last)


def as_of(keys: Path, values: dict[str, Any], release: str) -> AsOf:
    """What a (checked) mapping that stands at `keys` was in a release."""
    order = names()
    made = AsOf({}, {})
    was = values.get("was", {})
    # From new to old: of two `was` that both reach the release, the older one speaks for it.
    reaching = [one for one in was if order.index(release) <= order.index(one)]
    layers = [(values, keys)]
    layers += [(was[one], (*keys, "was", one)) for one in sorted(reaching, key=order.index, reverse=True)]
    for layer, where in layers:
        for key, value in layer.items():
            if key in KEYS:
                continue
            made.values.pop(key, None)
            if value is not None or layer is values:
                made.values[key] = value
                made.origins[key] = (*where, key)
    return made


def rows(source: Source, keys: Path, items: list[Any], release: str) -> list[dict[str, Any]]:
    """Those mappings of a list (rules, columns) that a release has, as they were then; new dicts.

    Raises:
        UserError: a mistake in their `since`, `until` or `was`.
    """
    found = []
    for index, item in enumerate(items):
        check(source, (*keys, index), item)
        if there(item, release):
            found.append(dict(as_of((*keys, index), item, release).values))
    return found


def check(source: Source, keys: Path, values: dict[str, Any]) -> None:
    """Refuse releases that nobody read, and times that say nothing.

    Raises:
        UserError: at the line of the mistake.
    """
    order = names()
    for key in ("since", "until"):
        if values.get(key, order[0]) not in order:
            raise _unknown(source, (*keys, key), values[key])
    first, last = order.index(values.get("since", order[0])), order.index(values.get("until", order[-1]))
    if last < first:
        raise source.error((*keys, "until"), f"until {values['until']} is before since {values['since']}")
    if "until" in values and last == len(order) - 1:
        raise source.error((*keys, "until"), "until the newest release: leave it out")
    for release, then in values.get("was", {}).items():
        where = (*keys, "was", release)
        if release not in order:
            raise _unknown(source, where, release)
        if not first <= order.index(release) < last:
            there = f"it is there from {order[first]} to {order[last]}"
            raise source.error(where, f"'was' up to {release} has no effect: {there}")
        _check_then(source, where, then)


def _check_then(source: Source, keys: Path, then: Any) -> None:
    if not isinstance(then, dict) or not then:
        raise source.error(keys, f"'was' holds {then!r}: it takes mappings such as {{minimum: 1, default: null}}")
    for key in then:
        if key in KEYS:
            raise source.error((*keys, key), f"{key!r} cannot change from release to release")


def suggestion(word: str, allowed: Iterable[str]) -> str:
    """`did you mean 'x'?`, or what is allowed where nothing is near."""
    words = sorted(allowed)
    return did_you_mean(word, words) or f"one of {', '.join(words)}"


def _unknown(source: Source, keys: Path, release: str) -> Exception:
    return source.error(keys, f"unknown release {release!r}", hint=suggestion(release, names()))
