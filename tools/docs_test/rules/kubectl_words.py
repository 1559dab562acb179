"""`unknown-flag`, `unknown-subcommand`, `unknown-type`, `unknown-command`: words that would be refused."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from docs_test.known.finding import Finding
from docs_test.kubectl.table import table
from docs_test.kubectl.targets import targets
from groundwork.base.suggest import did_you_mean, hint
from groundwork.base.wording import either

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docs_test.known.finding import Context
    from docs_test.known.page_code import Block, PageCode
    from docs_test.kubectl.invocation import Invocation, Stray

ALIKE = 0.7
"""Likeness from which on a command is taken for a slip, not for a plugin."""
KUBECTL = "kubectl"
NEARLY = 0.8
"""Likeness from which on a program's name is taken for a slip of `kubectl`."""
OTHERS = frozenset({KUBECTL, "kubectx", "kubecolor", "kubectl-ai", "kubectl.exe", "oc-kubectl"})
"""Programs whose names are like that one's."""
FOR = ("create", "delete", "condition=", "jsonpath=")
"""Values of `kubectl wait --for`, or their beginnings."""

JSONPATH = re.compile(r"jsonpath=(?:\{.+\}|[^{}=]+)(?:=.+)?", re.DOTALL)


def check(page: PageCode, context: Context) -> Iterator[Finding]:
    """Words of kubectl's command lines, also of those that are only shown."""
    for block in page.blocks:
        for _, call in context.calls(block):
            yield from _of_call(block, call, context)
        yield from _programs(block)


def _programs(block: Block) -> Iterator[Finding]:
    """Names of programs that are nearly `kubectl`."""
    for command in block.script.commands:
        word = command.words[0] if command.words else None
        if word is None or not word.known or word.text in OTHERS or word.text in block.script.functions:
            continue
        if SequenceMatcher(None, word.text, KUBECTL).ratio() > NEARLY:
            fact = f"{word.text!r} is not a program known here"
            yield Finding(block, word.start, "unknown-command", fact, f"did you mean {KUBECTL!r}?")


def _of_call(block: Block, call: Invocation, context: Context) -> Iterator[Finding]:
    if call.command is None and call.name is not None and call.name.known:
        yield from _of_plugin(block, call, context)
        return
    for stray in call.strays:
        yield _stray(block, call, stray)
        if stray.sort == "flag":
            break  # It may take the next word, which then is no subcommand.
    yield from _values(block, call)
    if call.command is not None and not call.uncertain:
        yield from _types(block, call, context)


def _of_plugin(block: Block, call: Invocation, context: Context) -> Iterator[Finding]:
    name = call.name.text if call.name is not None else ""
    try:
        wrong = context.knowledge.plugin(name, [word.text for word in call.words])
    except KeyError:
        stray = next((one for one in call.strays if one.sort == "subcommand"), None)
        if stray is not None:
            yield _stray(block, call, stray)
        return
    if wrong is not None and not any(word.unknown for word in call.words):
        index, fact, said = wrong
        word = call.words[index] if call.words else call.program
        yield Finding(block, word.start, "unknown-flag", f"kubectl {name}: {fact}", said)


def _stray(block: Block, call: Invocation, stray: Stray) -> Finding:
    word, command = stray.word, " ".join(("kubectl", *call.path))
    version = table().version
    if stray.sort == "subcommand":
        near = did_you_mean(word.text, stray.allowed, cutoff=ALIKE)
        plugin = "if it is a plugin, install it in a step and allow it" if not call.path else ""
        said = near or plugin or hint(word.text, stray.allowed)
        return Finding(block, word.start, "unknown-subcommand", f"{command} {version} has no {word.text!r}", said)
    if stray.sort == "value":
        return Finding(block, word.start, "unknown-flag", f"{word.text!r} of {command} needs a value")
    shown = f"-{word.text}" if stray.sort == "letter" else word.text
    names = stray.allowed if stray.sort == "letter" else tuple(f"--{name}" for name in stray.allowed)
    said = did_you_mean(shown, names) if stray.sort == "flag" else hint(shown, names, "letters")
    return Finding(block, word.start, "unknown-flag", f"{command} {version} has no flag {shown!r}", said)


def _values(block: Block, call: Invocation) -> Iterator[Finding]:
    """Values of flags that are words of a list."""
    output = call.value("output")
    if output is not None and call.command is not None and call.command.formats:
        # kubectl compares the part before `=`.
        given = output.text.partition("=")[0]
        if output.part(0, len(given)).known and given.lower() not in call.command.formats:
            fact = f"{given!r} is not an output format of kubectl {' '.join(call.path)}"
            said = hint(given, call.command.formats, "formats")
            yield Finding(block, output.start, "unknown-flag", fact, said)
    if call.path == ("wait",):
        for word in call.values("for"):
            if word.known and not _is_condition(word.text):
                fact = f"kubectl wait waits for no {word.text!r}"
                near = did_you_mean(word.text.partition("=")[0], [one.rstrip("=") for one in FOR])
                yield Finding(block, word.start, "unknown-flag", fact, near or f"allowed: {either(list(FOR))}")


def _is_condition(text: str) -> bool:
    if text.startswith("jsonpath="):
        return JSONPATH.fullmatch(text) is not None
    return text.lower() in {"create", "delete"} or text.startswith("condition=")


def _types(block: Block, call: Invocation, context: Context) -> Iterator[Finding]:
    types = context.types
    for target in targets(call, types):
        word = target.type_word
        if target.resource is not None or word is None or not word.known or word.text in types.categories:
            continue
        if types.foreign(word.text):
            continue
        fact = f"{context.knowledge.name} has no type {word.text!r}"
        if context.knowledge.name != "Kubernetes":
            fact = f"neither Kubernetes nor {context.knowledge.name} has a type {word.text!r}"
        said = did_you_mean(word.text, types.names) or "of another project's type name the group: TYPE.GROUP"
        yield Finding(block, word.start, "unknown-type", fact, said)
