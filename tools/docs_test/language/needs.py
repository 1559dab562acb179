"""What a page needs of a cluster (`needs` in its front matter), and what of it a cluster lacks."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from groundwork.base.suggest import did_you_mean
from groundwork.base.wording import either

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from docs_test.inventory import Inventory


def check_flag(name: str, wanted: Any) -> None:
    """Hold that a need is no more than a word.

    Raises:
        ValueError: something else is said of it.
    """
    if not isinstance(wanted, bool):
        raise ValueError(f"{name}: {wanted!r} is neither true nor false", f"write {name}: true")  # noqa: TRY004


@dataclass(frozen=True, slots=True)
class Need:
    """A word that `needs` in a page's front matter may name."""

    name: str
    check: Callable[[str, Any], None] = check_flag
    """Raises ValueError(fact, hint) for what may not be said of it; gets its name, and what is said."""
    words: Callable[[Any], Sequence[str]] | None = None
    """The capabilities that it comes down to; None: one of its own name. Not called if a page says `false`."""
    described: Callable[[Any], str] | None = None
    """Description on a page, for people; None if its name says it."""
    amount: Callable[[Any], int] | None = None
    """Amount of it that a page takes while it runs, so that others cannot have it; None if it can be shared."""

    def capabilities(self, wanted: Any) -> Sequence[str]:
        """The words of `data-needs` that must hold."""
        if wanted is False:
            return ()
        return self.words(wanted) if self.words else (self.name,)

    def text(self, wanted: Any) -> str:
        """It, for people; "": the page does not need it after all."""
        return "" if wanted is False else self.described(wanted) if self.described else self.name


STORAGE, CLUSTER_SCOPE = Need("storage"), Need("cluster-scope")


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The words that pages may use for what a cluster has. Those here mean something in any cluster."""

    needs: tuple[Need, ...] = (STORAGE, CLUSTER_SCOPE)
    """Words that the front matter's `needs` may have."""
    capabilities: tuple[str, ...] = ("storage", "cluster-scope")
    """Words that `data-needs` may have."""
    runs_on: Mapping[str, str] = field(default_factory=dict)
    """Words that `data-runs-on` of a `.skip` may have -> the capability of an environment in which it is run."""

    example: str = "ConfigMap/v1"
    """Kind and version that hints name as an example of `data-of`."""
    instead: Mapping[str, str] = field(default_factory=dict)
    """Words that are easily taken for one of `needs` -> what to write in their place."""


PLAIN = Vocabulary()


def read_needs(value: Any, vocabulary: Vocabulary = PLAIN) -> dict[str, Any]:
    """Check `needs`: a list of names, or a mapping of names to what is needed of each.

    Raises:
        ValueError: fact and hint of the first mistake.
    """
    known = {need.name: need for need in vocabulary.needs}
    first = next(iter(known))
    for item in value if isinstance(value, list) else ():
        if not isinstance(item, str):
            hint = f"write needs: {{{first}: true}}, without a list"
            raise ValueError(f"'needs' lists {item!r}, which is not a name", hint)  # noqa: TRY004
    names = dict.fromkeys(value, True) if isinstance(value, list) else value
    if not isinstance(names, dict):
        raise ValueError("'needs' is neither a list nor a mapping", f"write needs: [{first}]")  # noqa: TRY004
    for name, wanted in names.items():
        if name not in known:
            near = vocabulary.instead.get(str(name)) or did_you_mean(str(name), known)
            raise ValueError(f"'needs' names the unknown {name!r}", near or f"allowed: {', '.join(known)}")
        known[name].check(name, wanted)
    return names


def words_of(needs: Mapping[str, Any], vocabulary: Vocabulary = PLAIN) -> frozenset[str]:
    """The capabilities that `needs`, as `read_needs` returned them, come down to."""
    known = {need.name: need for need in vocabulary.needs}
    return frozenset(word for name, wanted in needs.items() for word in known[name].capabilities(wanted))


def lacking(
    needs: Mapping[str, Any],
    capabilities: frozenset[str],
    inventory: Inventory | None,
    vocabulary: Vocabulary = PLAIN,
) -> str:
    """Why an environment does not meet `needs`, in words; "" if it does.

    Args:
        needs: as `read_needs` returned them.
        capabilities: what `data-needs` may name and the environment has.
        inventory: the cluster; None: not known, so that numbers, models and versions are not compared.
        vocabulary: the words of the site.
    """
    words = {need.name: need.capabilities(needs[need.name]) for need in vocabulary.needs if need.name in needs}
    missing = [word for name in needs for word in words[name] if word not in capabilities]
    reasons = [f"the environment has no {either(list(dict.fromkeys(missing)))}"] if missing else []
    if inventory is not None:
        # Of what has nothing of it "none of the right model" says no more.
        there = [name for name in needs if not words[name] or capabilities.intersection(words[name])]
        reasons += (inventory.lacking(name, needs[name]) for name in there)
    return "; ".join(filter(None, reasons))


def described(needs: Mapping[str, Any], vocabulary: Vocabulary = PLAIN) -> str:
    """`needs` in a line, for people."""
    known = {need.name: need for need in vocabulary.needs}
    return ", ".join(filter(None, (known[name].text(wanted) for name, wanted in needs.items()))) or "a cluster"
