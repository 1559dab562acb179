"""`python3 -m dynamo.vllm …` on the mocker engine: translate the command line, say what has no effect, become it.

The image has one copy of this module's `main` for each backend; nothing is dropped without a line in the log.
"""

from __future__ import annotations

import argparse
import difflib
import os
import re
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from .context import context_length
from .flags import BACKENDS, Backend, Flag
from .timing import Setup, system, timing

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PREFIX = "mock: "
USAGE_STATUS = 2
CONTEXT_FLAG = "--max-model-len"
SCALES = {"": 1, "k": 1000, "K": 1024, "m": 1000**2, "M": 1024**2, "g": 1000**3, "G": 1024**3}
"""vLLM's own suffixes of whole numbers: decimal in lower case, binary in upper case."""


class UsageError(Exception):
    """The command line is one that the real worker would refuse too."""


@dataclass(frozen=True, slots=True)
class Translation:
    """A worker command, translated."""

    arguments: tuple[str, ...]
    """Arguments for `python3 -m dynamo.mocker`."""
    notes: tuple[str, ...]
    """Notes on what has no effect on a mock, one line each."""
    environment: Mapping[str, str]
    """Variables to set for the mocker."""
    setup: Setup
    """Setup that the worker's timing depends on."""


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> None:  # type: ignore[override]  # raising is a way not to return
        raise UsageError(message)


def translate(name: str, words: Sequence[str], environ: Mapping[str, str]) -> Translation:
    """The mocker's command line for `python3 -m dynamo.NAME WORDS…`.

    Raises:
        UsageError: no model, a malformed value, a flag that the real worker refuses, a word that belongs to none.
    """
    backend = BACKENDS[name]
    if backend.loose_names:
        words = [_dashed(word) for word in words]
    _refuse_removed(backend, words)
    values, rest = _parser(backend).parse_known_args(words)
    given = {flag: value for flag in backend.flags if (value := getattr(values, _dest(flag))) is not None}
    arguments, notes = ["--engine-type", name], []
    for flag, value in given.items():
        if flag.sizes:
            continue
        if flag.to and (not flag.only or value in flag.only):
            arguments += _render(flag.to, value)
            notes += (
                [f"{flag.names[0]}: the first name is served, not {' '.join(value[1:])}"] if _many(value) else []
            )
        else:
            notes.append(f"{_shown(flag, value)} has no effect on a mock")
    if "--model-path" not in arguments:
        if not environ.get(backend.model_env):
            raise UsageError(f"the following argument is required: {_model_flag(backend)}")
        arguments += ["--model-path", environ[backend.model_env]]
    arguments += _mode(backend, values.disaggregation_mode or environ.get(backend.mode_env) or "agg", given)
    notes += _unknown(backend, rest)
    namespace = {"DYN_NAMESPACE": values.namespace} if values.namespace else {}
    model = arguments[arguments.index("--model-path") + 1]
    sizes = [value for flag, value in given.items() if flag.sizes and isinstance(value, int)]
    setup = Setup(model, name, system(environ), tensor_parallel=max(sizes, default=1))
    return Translation(tuple(arguments), tuple(notes), namespace, setup)


def main(name: str) -> None:
    """Replace this process by the mocker: same process id, same signals, an honest name in `ps`."""
    try:
        done = translate(name, sys.argv[1:], os.environ)
    except UsageError as error:
        print(f"{PREFIX}python3 -m dynamo.{name}: error: {error}", file=sys.stderr)
        raise SystemExit(USAGE_STATUS) from None
    paced = timing(done.setup)
    arguments = (*done.arguments, *_context(done, os.environ), *paced.arguments)
    command = [sys.executable, "-m", "dynamo.mocker", *arguments]
    head = f"dynamo.{name} runs on the mocker engine: no GPU, simulated timing, random words for an answer"
    for line in (head, f"starting {' '.join(command[1:])}", paced.note, *done.notes):
        print(PREFIX + line, file=sys.stderr)
    sys.stderr.flush()
    os.execve(  # noqa: S606 - no shell is wanted: the mocker takes this process's place
        sys.executable, command, {**os.environ, **done.environment}
    )


def _context(done: Translation, environ: Mapping[str, str]) -> tuple[str, ...]:
    """The mocker's flag for the model's context length, if the command gives none; it takes one for vLLM only."""
    if done.setup.backend != "vllm" or CONTEXT_FLAG in done.arguments:
        return ()
    length = context_length(done.setup.model, environ)
    return (CONTEXT_FLAG, str(length)) if length else ()


def count(text: str) -> int:
    """A whole number as the engines read it: `4096`, `32k` (32,000), `32K` (32,768), `1.5k`."""
    found = re.fullmatch(r"(-?\d+)|(\d+(?:\.\d+)?)([kKmMgG])", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number")
    return int(found[1]) if found[1] else int(float(found[2]) * SCALES[found[3]])


READERS: Mapping[str, Callable[[str], object]] = {"text": str, "count": count, "number": float}


def _parser(backend: Backend) -> argparse.ArgumentParser:
    parser = _Parser(prog=f"python3 -m dynamo.{backend.name}", allow_abbrev=False, add_help=False)
    for flag in backend.flags:
        if flag.kind == "switch":
            parser.add_argument(*flag.names, dest=_dest(flag), action="store_const", const=True)
        elif flag.kind == "words":
            parser.add_argument(*flag.names, dest=_dest(flag), nargs="+")
        else:
            parser.add_argument(*flag.names, dest=_dest(flag), type=READERS[flag.kind])
    parser.add_argument("--disaggregation-mode")
    parser.add_argument("--namespace")
    return parser


def _dashed(word: str) -> str:
    name, equals, value = word.partition("=")
    return name.replace("_", "-") + equals + value if re.fullmatch(r"--[\w.-]+", name) else word


def _dest(flag: Flag) -> str:
    return flag.names[0].lstrip("-").replace("-", "_")


def _model_flag(backend: Backend) -> str:
    return next(flag.names[0] for flag in backend.flags if flag.to == "--model-path")


def _many(value: object) -> bool:
    return isinstance(value, list) and len(value) > 1


def _render(name: str, value: object) -> list[str]:
    if value is True:
        return [name]
    return [name, str(value[0] if isinstance(value, list) else value)]


def _shown(flag: Flag, value: object) -> str:
    return flag.names[0] if value is True else f"{flag.names[0]} {value}"


def _mode(backend: Backend, value: str, given: Mapping[Flag, object]) -> list[str]:
    if value not in backend.modes:
        allowed = ", ".join(backend.modes)
        raise UsageError(f"argument --disaggregation-mode: invalid choice: {value!r} (a mock can be: {allowed})")
    mode = backend.modes[value]
    if (
        mode == "prefill"
        and backend.prefill_needs
        and not any(backend.prefill_needs in flag.names for flag in given)
    ):
        raise UsageError(f"--disaggregation-mode prefill needs {backend.prefill_needs}, on a GPU as on a mock")
    return [] if mode == "agg" else ["--disaggregation-mode", mode]


def _refuse_removed(backend: Backend, words: Sequence[str]) -> None:
    for word in words:
        today = backend.removed.get(word) or backend.removed.get(word.partition("=")[0])
        if today:
            raise UsageError(f"unrecognized argument {word}: this release takes {today}")


def _unknown(backend: Backend, rest: Sequence[str]) -> list[str]:
    """A note for each flag that is in no table; the words after it are taken for its value."""
    known = [name for flag in backend.flags for name in flag.names]
    flags: list[list[str]] = []
    for word in rest:
        if word.startswith("-"):
            flags.append([word])
        elif flags:
            flags[-1].append(word)
        else:
            raise UsageError(f"unrecognized argument {word!r}")
    return [f"{' '.join(flag)} {_reason(backend, flag[0].partition('=')[0], known)}" for flag in flags]


def _reason(backend: Backend, name: str, known: Sequence[str]) -> str:
    key_of_known = backend.loose_names and name.partition(".")[0] in known
    if key_of_known or (backend.keyed and name.startswith(backend.keyed)):
        return "has no effect on a mock"
    near = difflib.get_close_matches(name, known, n=1, cutoff=0.85)
    return "is not known to this mock and was passed over" + (f"; did you mean {near[0]}?" if near else "")
