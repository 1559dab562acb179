"""`undefined-variable`: bash stops at a variable that is not set, as each step runs under `set -u`."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from docs_test.known.finding import Finding
from groundwork.base.suggest import did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterator

    from docs_test.known.finding import Context
    from docs_test.known.page_code import Block, PageCode
    from docs_test.shellcode.model import Script, Use

GIVEN = frozenset(("HOME", "KUBECONFIG", "LANG", "LC_ALL", "PATH", "PWD", "TERM", "TMPDIR"))
"""Variables that docs-test gives each page, as `shell.folder` has them."""
# fmt: off
OF_BASH = frozenset((
    *("BASH", "BASHOPTS", "BASHPID", "BASH_ALIASES", "BASH_ARGC", "BASH_ARGV", "BASH_ARGV0"),
    *("BASH_CMDS", "BASH_COMMAND", "BASH_LINENO", "BASH_REMATCH", "BASH_SOURCE", "BASH_SUBSHELL"),
    *("BASH_VERSINFO", "BASH_VERSION", "COMP_WORDBREAKS", "DIRSTACK", "EPOCHREALTIME", "EPOCHSECONDS"),
    *("EUID", "FUNCNAME", "GROUPS", "HISTCMD", "HOSTNAME", "HOSTTYPE", "IFS", "LINENO", "MACHTYPE"),
    *("OLDPWD", "OPTARG", "OPTERR", "OPTIND", "OSTYPE", "PIPESTATUS", "PPID", "PS4", "RANDOM"),
    *("SECONDS", "SHELLOPTS", "SHLVL", "SRANDOM", "UID", "_"),
))
# fmt: on
"""Variables that bash sets itself."""


def check(page: PageCode, context: Context) -> Iterator[Finding]:  # noqa: ARG001
    """Variables of steps that neither an earlier step nor anything else sets."""
    known = GIVEN | OF_BASH | page.front.variables.keys()
    later = {one.name for step in page.steps for one in step.script.definitions}
    for step in page.steps:
        script = step.script
        if script.open:
            return  # What it runs may set any variable.
        yield from _of_step(step, known, later)
        known |= {one.name for one in script.definitions if one.scope is None}


def _of_step(step: Block, known: frozenset[str], later: set[str]) -> Iterator[Finding]:
    script = step.script
    if script.error:
        return
    for use in script.uses:
        if use.name in known or (use.late and use.name in later):
            continue
        set_here = any(
            one.name == use.name and one.start <= use.start and _within(one.scope, use.start)
            for one in script.definitions
        )
        if not set_here:
            hint = _hint(use, script, known, later)
            yield Finding(step, use.start, "undefined-variable", f"nothing sets the variable {use.name!r}", hint)


def _hint(use: Use, script: Script, known: frozenset[str], later: set[str]) -> str:
    if any(one.name == use.name and one.scope is not None for one in script.definitions):
        return "it is set in a subshell (a pipe or parentheses), or local to a function, which has ended"
    if use.name in later:
        return "it is set later: move that before"
    names = known | {one.name for one in script.definitions}
    return (
        did_you_mean(use.name, names - OF_BASH) or "set it in a step before, or under 'vars' in the front matter"
    )


def _within(scope: tuple[int, int] | None, offset: int) -> bool:
    return scope is None or scope[0] <= offset < scope[1]


def values(page: PageCode) -> dict[str, str]:
    """Variables that have one value throughout the page."""
    definitions = [one for step in page.steps for one in step.script.definitions]
    times = Counter(one.name for one in definitions) + Counter(page.front.variables.keys())
    found = dict(page.front.variables)
    for one in definitions:
        if one.certain and one.value is not None and one.value.known:
            found[one.name] = one.value.text
        else:
            found.pop(one.name, None)
    return {name: value for name, value in found.items() if times[name] == 1}
