"""Fences in every place that a page can have them, alone, in two of these, and in what chance makes of them."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random
    from collections.abc import Callable, Iterator

INFO = "@INFO@"
"""Stands for a fence's info string, which each program wants otherwise."""
HEAD = "---\ntutorial: {platform: none}\n---\n# Page\n\n"
GENERATED = 200


@dataclass
class Case:
    """A page with one fence in it."""

    name: str
    text: str
    """The page, without front matter."""
    code: str
    included: dict[str, str] = field(default_factory=dict)
    """Files that it includes, by their names in the folder of snippets."""

    def page(self, info: str) -> str:
        """The text of the page's file for a program."""
        return f"{HEAD}Before.\n\n{self.text}\nAfter.\n".replace(INFO, info)

    def snippets(self, info: str) -> dict[str, str]:
        """The included files for a program."""
        return {name: text.replace(INFO, info) for name, text in self.included.items()}


def _indented(text: str, prefix: str = "    ") -> str:
    return "".join(f"{prefix}{line}".rstrip() + "\n" for line in text.splitlines())


WRAPPINGS: dict[str, Callable[[str], str]] = {
    "list": lambda text: f"- item\n\n{_indented(text)}",
    "numbered list": lambda text: f"1. item\n\n{_indented(text)}",
    "quote": lambda text: f"> said\n>\n{_indented(text, '> ')}",
    "admonition": lambda text: f"!!! note\n\n{_indented(text)}",
    "details": lambda text: f"??? note\n\n{_indented(text)}",
    "tab": lambda text: f'=== "One"\n\n{_indented(text)}',
}
SNIPPET, INCLUDE = "snippet", "Jinja include"
FENCES = {"plain": "```", "tilde": "~~~", "longer": "````", "longer tilde": "~~~~~"}
BODIES = (
    "echo MARK",
    "echo MARK\n\necho after",
    "if true; then\n    echo MARK\n\n    echo more\nfi",
    "# MARK\n# comment",
    "echo 'a < b && c > d' \"MARK\" # &amp;",
    "- MARK\n- item\n\n1. one",
    "> MARK\n>\n> said",
    "cat <<'EOF'\nMARK: {a: 1}\n  b: [x]\nEOF",
    "echo MARK\n\n\n\necho '*bold* _x_ `y` [a](b)'",
    '!!! MARK\n\n    note\n\n=== "x"',
)
INNER = "echo MARK\n```\necho inner\n```\necho end"
"""Code for fences that are longer than the one in it."""


def cases(chance: random.Random) -> Iterator[Case]:
    """Each fence, each place, each pair of places, and generated ones."""
    numbers = itertools.count()
    for name in FENCES:
        yield _case(f"fence: {name}", next(numbers), BODIES[0], name, [])
        yield _case(f"fence: {name}, several lines", next(numbers), BODIES[2], name, [])
    yield _case("fence: longer, one within", next(numbers), INNER, "longer", [])
    places = [*WRAPPINGS, SNIPPET, INCLUDE]
    for place in places:
        yield _case(f"in: {place}", next(numbers), BODIES[2], "plain", [place])
    for pair in itertools.product(places, repeat=2):
        if _possible(pair):
            yield _case(f"in: {' in '.join(pair)}", next(numbers), BODIES[1], "plain", pair)
    made = 0
    while made < GENERATED:
        wrapped = [chance.choice(places) for _ in range(chance.randint(1, 4))]
        if not _possible(wrapped):
            continue
        name = chance.choice(list(FENCES))
        body = chance.choice((*BODIES, *([INNER] if FENCES[name] != "```" else [])))
        made += 1
        yield _case(f"generated {made}: {name} in {' in '.join(wrapped)}", next(numbers), body, name, wrapped)


def _possible(wrapped: list[str] | tuple[str, ...]) -> bool:
    """Whether Jinja includes stand at the start of a line, and snippets in no quote: those know nothing of it."""
    quoted = any(place == SNIPPET and "quote" in wrapped[at + 1 :] for at, place in enumerate(wrapped))
    return INCLUDE not in wrapped[:-1] and not quoted


def _case(name: str, number: int, body: str, fence: str, wrapped: list[str] | tuple[str, ...]) -> Case:
    code = body.replace("MARK", f"mark-{number:04}")
    mark = FENCES[fence]
    text = f"{mark}{INFO}\n{code}\n{mark}\n"
    case = Case(name, text, code)
    for depth, place in enumerate(wrapped):
        if place in WRAPPINGS:
            text = WRAPPINGS[place](text)
            continue
        file = f"part-{number:04}-{depth}.md"
        case.included[file] = text
        text = f'--8<-- "{file}"\n' if place == SNIPPET else f'{{% include "{file}" %}}\n'
    case.text = text
    return case
