"""Conversion without loss, whatever the fields: what one version cannot say is kept, and an edit wins over it.

A lens has two lossy functions, up (v1alpha1 to v1beta1) and down. What they lose is kept as changes: those that
make the original of what comes back. On the way back they are made again, as far as they agree with what is there
now: where both versions can say something, the object as it is read wins over what was kept.

Two values agree when they are the same seen from v1alpha1, the poorer side: `down(up(alpha)) == down(beta)`. The
one law that the functions must keep is `down(up(down(beta))) == down(beta)`; with it, an object that comes back
without an edit is the original, and an edited one converts to exactly what was edited.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dynamo_api.conversion.sparse import changed, difference
from dynamo_api.conversion.values import ConversionError, JsonObject, same
from groundwork.base.field_paths import Path

if TYPE_CHECKING:
    from dynamo_api.conversion.sparse import Edit, Keyed

Convert = Callable[[JsonObject], JsonObject]
Group = Callable[[Path], Path]
Placed = Callable[[JsonObject, list["Edit"]], list["Edit"]]


def _no_lists(_path: Path) -> bool:
    return False


def _by_field(path: Path) -> Path:
    return path[:1]


def _nothing(_base: JsonObject, _edits: list[Edit]) -> list[Edit]:
    return []


def _as_it_is(beta: JsonObject, _kept: list[Edit]) -> JsonObject:
    return beta


@dataclass(frozen=True, slots=True)
class Lens:
    """How a value (a component, a status, ...) is in the two versions. See the module."""

    up: Convert
    down: Convert
    named: Keyed = _no_lists
    """Lists of named items, in v1beta1."""
    group_alpha: Group = _by_field
    """Changes that only make sense together: those whose paths have the same group; in v1alpha1."""
    group_beta: Group = _by_field
    placed: Placed | None = None
    """Function that gives what is left of a group of changes in v1alpha1 that do not agree: the places of things,
    not what they were. Where it is not given, each change of the group is tried alone."""
    noted: Callable[[JsonObject, list[Edit]], list[Edit]] = _nothing
    """Changes of a v1beta1 value to itself, kept beside others, so that `tidied` knows what was there."""
    tidied: Callable[[JsonObject, list[Edit]], JsonObject] = _as_it_is
    """A v1beta1 value less what means nothing any more, now that v1alpha1 was edited."""

    def to_beta(self, alpha: JsonObject, kept: list[Edit]) -> tuple[JsonObject, list[Edit]]:
        """The v1beta1 value, with what was kept of an earlier one; and what to keep of this v1alpha1 value."""
        plain = self.up(alpha)
        seen = self.down(plain)
        beta = _restored(plain, kept, self.named, self.group_beta, agrees=lambda made: same(self.down(made), seen))
        beta = self.tidied(beta, kept)
        return beta, difference(self.down(beta), alpha, _no_lists)

    def to_alpha(self, beta: JsonObject, kept: list[Edit]) -> tuple[JsonObject, list[Edit]]:
        """The v1alpha1 value, with what was kept of an earlier one; and what to keep of this v1beta1 value."""
        plain = self.down(beta)
        alpha = _restored(
            plain,
            kept,
            _no_lists,
            self.group_alpha,
            agrees=lambda made: same(self.down(self.up(made)), plain),
            placed=self.placed,
        )
        lost = difference(self.up(alpha), beta, self.named)
        return alpha, lost + self.noted(beta, lost)


def _restored(
    base: JsonObject,
    kept: list[Edit],
    named: Keyed,
    group: Group,
    *,
    agrees: Callable[[JsonObject], bool],
    placed: Placed | None = None,
) -> JsonObject:
    """`base` with the changes that agree: all; else by groups, or what `placed` makes of one, or each alone."""

    def fits(made: JsonObject) -> bool:
        try:
            return agrees(made)
        except ConversionError:  # Annotations can be written by hand: nonsense in them agrees with nothing.
            return False

    if not kept:
        return base
    made: JsonObject = changed(base, kept, named)
    if fits(made):
        return made
    made = base
    groups: dict[Path, list[Edit]] = {}
    for edit in kept:
        groups.setdefault(group(edit.path), []).append(edit)
    for edits in groups.values():
        tried = changed(made, edits, named)
        if fits(tried):
            made = tried
            continue
        for some in [placed(made, edits)] if placed else [[edit] for edit in edits]:
            tried = changed(made, some, named)
            made = tried if fits(tried) else made
    return made
