"""What a reader fills in before applying a manifest: `<your-namespace>`, `${VAR}`, `${VAR:-default}`, `$VAR`.

A declared one has a sample, which stands in its place while the manifest is validated. Whatever else looks like
one is a mistake: applied as it is, it would be taken literally. It is declared where the text stands: in a page's
front matter (`placeholders: {your-namespace: default}`) or in the text (`# placeholders: your-namespace=default`).
"""

from __future__ import annotations

import re
import shlex
from typing import TYPE_CHECKING, Any

from groundwork.base.problems import Stage
from groundwork.text.model import FieldError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from groundwork.base.field_paths import Path
    from groundwork.text.origins import Segment

ANGLED = r"<(?P<angled>[A-Za-z][\w .-]*)>"
SHELL = r"\$(?:\{(?P<braced>[A-Za-z_]\w*)(?:(?::?[-=?+]|[%#/:])[^{}]*)?\}|(?P<bare>[A-Za-z_]\w*))"
"""Variables, `$NAME` and `${NAME}`, and what shells and envsubst have: `${NAME:-default}`, `${NAME%/*}`."""
PLACEHOLDER = re.compile(f"{ANGLED}|{SHELL}")
ALONE = re.compile(rf"[ \t]*(?:- )?(?P<what>{PLACEHOLDER.pattern})[ \t]*$")
ELISION = ("...", "…")
HELM = re.compile(
    r"\{\{-?\s*(?:(?:include|template|tpl|toYaml)\s|(?:[^{}]*[\s(])?\$?\.(?:Values|Release|Chart|Capabilities|Files|Template)\b)"
)
"""Signs of what Helm fills in; others have braces, too: `{{ $labels.instance }}`, `{{inputs.parameters.x}}`."""
BRACES = re.compile(r"\{\{.*?\}\}")
"""A template's expression, which has variables of its own."""
RENDER = "Helm's templates become manifests first: helm template CHART | docs-test validate -"
SUSPICIOUS = re.compile(r"[<$…]|\.\.\.|\{\{")
"""Signs of a placeholder: a text without any of them has none."""
COMMENT = re.compile(r"[ \t]*#[ \t]*placeholders:(.*)$", re.MULTILINE)
SHELLS = frozenset({"sh", "bash", "ash", "dash", "zsh"})
COMMANDS = ("command", "args")
PROSE = frozenset({"description", "kubernetes.io/description"})
"""Keys whose text is for people."""


def declared_in(text: str) -> dict[str, str]:
    """What a text's `# placeholders: NAME=value OTHER='a value'` comments declare."""
    if "placeholders:" not in text:
        return {}
    found: dict[str, str] = {}
    for comment in COMMENT.finditer(text):
        try:
            words = shlex.split(comment[1])
        except ValueError:
            words = comment[1].split()
        for word in words:
            name, equals, sample = word.rstrip(",").partition("=")
            if equals and name:
                found[name.strip("<>${}")] = sample
    return found


def substitute(
    lines: Sequence[str], samples: Mapping[str, str]
) -> tuple[list[str], dict[int, tuple[Segment, ...]]]:
    """Put samples in the place of declared placeholders.

    Returns:
        The lines, and for each one changed (1-based) how its columns moved.
    """
    done: list[str] = []
    moved: dict[int, tuple[Segment, ...]] = {}
    for number, line in enumerate(lines, 1):
        text, segments = replaced(line, [(m.start(), m.end(), samples[name_of(m)]) for m in _known(line, samples)])
        done.append(text)
        if segments:
            moved[number] = segments
    return done, moved


def replaced(line: str, changes: Sequence[tuple[int, int, str]]) -> tuple[str, tuple[Segment, ...]]:
    """Replace parts of a line: (start, end, new text), 0-based, in order. Returns it and how its columns moved."""
    if not changes:
        return line, ()
    text, at = "", 0
    segments: list[Segment] = [(1, 1, 1)]
    for start, end, new in changes:
        text += line[at:start]
        segments.append((len(text) + 1, start + 1, 0))
        text += new
        segments.append((len(text) + 1, end + 1, 1))
        at = end
    return text + line[at:], tuple(segments)


def _known(line: str, samples: Mapping[str, str]) -> list[re.Match[str]]:
    return [found for found in PLACEHOLDER.finditer(line) if name_of(found) in samples]


def name_of(found: re.Match[str]) -> str:
    """The name within a placeholder."""
    return str(found["angled"] or found["braced"] or found["bare"])


def undeclared(value: Any, *, page: bool) -> Iterator[FieldError]:
    """What looks like a placeholder and is not declared.

    Not looked at: the script of a container that runs a shell, where `$VAR` is the container's own; texts of
    several lines (scripts and files in ConfigMaps); descriptions. What Helm fills in is one, too.

    Args:
        value: a document, samples in their places.
        page: it stands in a page, not in a file of its own: where the hint says to declare it.
    """
    for path, text, at_key in _texts(value, (), script=False):
        if text in ELISION:
            fact = f"{text!r} stands for what is left out, and a manifest cannot leave anything out"
            yield FieldError(path, "elision", fact, "give a value, or remove the field", Stage.READ, at_key)
        if HELM.search(text):
            fact = "`{{` begins what Helm fills in: this is a template, not a manifest"
            yield FieldError(path, "placeholder", fact, RENDER, Stage.READ, at_key)
            continue
        for found in PLACEHOLDER.finditer(BRACES.sub("", text)):
            yield FieldError(path, "placeholder", *said(found, page=page), Stage.READ, at_key)


def breaking(line: str) -> re.Match[str] | None:
    """The undeclared placeholder for which a line is no YAML: alone on it, or with its braces within others."""
    alone = ALONE.match(line)
    if alone:
        return PLACEHOLDER.match(line, alone.start("what"))
    found = PLACEHOLDER.finditer(line)
    return next((one for one in found if one["braced"] and re.search(r"[\[{]", line[: one.start()])), None)


def said(found: re.Match[str], *, page: bool) -> tuple[str, str]:
    """What is said of one that is not declared: fact and hint.

    Args:
        found: the placeholder.
        page: it stands in a page, not in a file of its own: where the hint says to declare it.
    """
    name = name_of(found)
    where = f"# placeholders: {shlex.quote(name)}=SAMPLE"
    if page:
        where = f"placeholders: {{{name}: SAMPLE}}, in the front matter"
    fact = f"{found[0]!r} looks like a placeholder, and none is declared"
    return fact, f"declare it with a sample value to validate with: {where}"


def _texts(value: Any, path: Path, *, script: bool) -> Iterator[tuple[Path, str, bool]]:
    if isinstance(value, str):
        if not script and "\n" not in value.rstrip("\n"):
            yield path, value, False
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _texts(item, (*path, index), script=script)
    elif isinstance(value, dict):
        shell = _runs_shell(value)
        for key, item in value.items():
            here = (*path, key)
            yield here, key, True
            if key not in PROSE:
                yield from _texts(item, here, script=script or (shell and key in COMMANDS))


def _runs_shell(container: Mapping[str, Any]) -> bool:
    words = [
        word
        for key in COMMANDS
        for word in (container[key] if isinstance(container.get(key), list) else ())
        if isinstance(word, str)
    ]
    return any(word.rpartition("/")[2] in SHELLS for word in words)
