"""How every program ends: by a mistake of its user, by Ctrl-C, on a closed pipe or a full disk, by a bug.

A `main` is `return program("docs-test", _main, arguments)`; nothing else of it prints an error or a traceback.
"""

from __future__ import annotations

import codecs
import errno
import io
import os
import select
import signal
import sys
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from groundwork.base.errors import EnvironmentFault, ExitStatus, UserError
from groundwork.base.paths import cache_base
from groundwork.base.printable import printable

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Callable, Sequence
    from typing import TextIO

DEBUG = "--debug"
FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
"""Errors of a disk, or of one's share of it, that is full."""
UNWRITABLE = FULL | {errno.EIO, errno.EFBIG}
"""Errors that only writing gives (EIO: a terminal that is gone), whatever file it was."""
ESCAPED = "groundwork-escaped"
"""Name of Python's error handler for letters that the output's encoding lacks: they are written as in JSON."""
CACHE_HINT = "set XDG_CACHE_HOME to a folder that can be written"
TEMPORARY_HINT = "set TMPDIR to a folder that can be written"
NO_TEMPORARY = "No usable temporary directory found"
"""Start of what Python's `tempfile` says where there is none."""
HINT = "free some space; `df -h` shows which disk is full"


def add_debug(parser: ArgumentParser) -> None:
    """Add the option that shows the traceback of a bug."""
    parser.add_argument(DEBUG, action="store_true", help="show the traceback of a bug")


def program(
    name: str,
    main: Callable[[Sequence[str]], int],
    arguments: Sequence[str] | None = None,
    *,
    usage: int = ExitStatus.USAGE,
) -> int:
    """Run a program to its end, whatever that is.

    Args:
        name: what it is called in messages about itself.
        main: gets the words of the command line, returns the exit status; a KeyboardInterrupt that it raises may
            have a message.
        arguments: the words; None: those the process was started with.
        usage: the exit status for mistakes of the command line, where it is not 2.

    Returns:
        The exit status.

    Raises:
        SystemExit: argparse has ended the program.
    """
    words = list(sys.argv[1:] if arguments is None else arguments)
    prepare_streams()
    with suppress(ValueError):  # In a thread.
        # A job in the background of a script inherits Ctrl-C as ignored; whoever sends it to us means it.
        signal.signal(signal.SIGINT, signal.default_int_handler)
    leaving: SystemExit | None = None
    status: int = ExitStatus.OK
    try:
        status = main(words)
    except SystemExit as ending:
        leaving = ending
    except (KeyboardInterrupt, Exception) as error:  # noqa: BLE001 - the last resort of every program
        status = _told(name, error, usage=usage, debug=DEBUG in words)
    try:
        _flush(sys.stdout)
    except OSError as error:
        status, leaving = _unwritten(name, error), None
    try:
        _flush(sys.stderr)
    except OSError:
        _silence(sys.stderr)
    if leaving:
        raise leaving
    return status


class ClosedOutputError(OSError):
    """Standard output is closed, and somebody has written to it."""

    def __init__(self) -> None:
        super().__init__(errno.EBADF, "standard output is closed")


class _Closed(io.TextIOBase):
    """Stands in for a standard output that is closed."""

    def write(self, _: str) -> int:
        raise ClosedOutputError


def prepare_streams() -> None:
    """Let closed streams be told as such, and letters that an encoding lacks be written as escapes."""
    _take_numbers()
    if sys.stdin is None:  # Libraries ask it for what it is.
        sys.stdin = Path(os.devnull).open(encoding="utf-8")  # noqa: SIM115 - until the program ends
    if sys.stdout is None:
        sys.stdout = _Closed()
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - until the program ends
    codecs.register_error(ESCAPED, _escaped)
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors=ESCAPED)


def _take_numbers() -> None:
    """Let no file get the number of a stream that is closed: a program that is started would write into it."""
    for number, flags in enumerate((os.O_RDONLY, os.O_RDONLY, os.O_WRONLY)):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, flags)  # Whoever writes to output that only reads hears of it.


def _escaped(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    letters = error.object[error.start : error.end]
    units = letters.encode("utf-16-be", errors="surrogatepass")
    pairs = (int.from_bytes(units[at : at + 2], "big") for at in range(0, len(units), 2))
    return "".join(f"\\u{unit:04x}" for unit in pairs), error.end


def cannot_write(what: str, error: OSError) -> UserError:
    """The error for a file that cannot be written.

    Args:
        what: the option and the file: `--output 'x.json'`.
        error: why.
    """
    fact = f"{what}: cannot be written: {error.strerror or type(error).__name__}"
    return EnvironmentFault(fact, hint=HINT) if error.errno in FULL else UserError(fact)


def _told(name: str, error: BaseException, *, usage: int, debug: bool) -> int:
    """Say what ended the program; returns the exit status."""
    match error:
        case UserError():
            _say(str(error))
            for problem in error.problems:
                if problem.bug is not None and debug:
                    traceback.print_exception(problem.bug)
            return usage if error.status is ExitStatus.USAGE else error.status
        case KeyboardInterrupt():
            if error.args:
                _say(str(error))
            return ExitStatus.INTERRUPTED
        case OSError() if (status := _of_the_machine(name, error)) is not None:
            return status
        case _:
            _say(f"{name}: a bug, please report it: {printable(f'{type(error).__name__}: {error}')}")
            if debug:
                traceback.print_exception(error)
            else:
                _say(f"hint: {DEBUG} shows where")
            return ExitStatus.BUG


def _of_the_machine(name: str, error: OSError) -> int | None:
    """Say what the machine lacks, if that is the error; returns the exit status."""
    full = error.errno in UNWRITABLE or isinstance(error, ClosedOutputError)
    if full or (isinstance(error, BrokenPipeError) and _nobody_reads()):
        return _unwritten(name, error)
    if _of_cache(error):
        _say(f"{name}: the cache {str(error.filename)!r} cannot be used: {error.strerror}\nhint: {CACHE_HINT}")
        return ExitStatus.ENVIRONMENT
    if str(error.strerror).startswith(NO_TEMPORARY):
        _say(f"{name}: there is no folder for temporary files\nhint: {TEMPORARY_HINT}")
        return ExitStatus.ENVIRONMENT
    return None


def _unwritten(name: str, error: OSError) -> int:
    """Say that something could not be written, to those who still hear; returns the exit status."""
    _silence(sys.stdout)
    if isinstance(error, BrokenPipeError):
        return ExitStatus.CLOSED_PIPE
    to = f" {str(error.filename)!r}" if error.filename else ""  # Standard output has no name.
    hint = f"\nhint: {HINT}" if error.errno in FULL else ""
    _say(f"{name}: cannot write{to}: {error.strerror or type(error).__name__}{hint}")
    return ExitStatus.ENVIRONMENT


def _of_cache(error: OSError) -> bool:
    """Whether it is about a file of the cache, or a folder on the way to it."""
    if not isinstance(error.filename, str):
        return False
    try:
        base = cache_base()
    except FileNotFoundError:
        return error.filename == "~/.cache"
    return Path(error.filename).is_relative_to(base) or base.is_relative_to(error.filename)


def _say(text: str) -> None:
    with suppress(OSError, ValueError):
        print(text, file=sys.stderr, flush=True)


def _flush(stream: TextIO | None) -> None:
    if stream is not None and not stream.closed:
        stream.flush()


def _nobody_reads() -> bool:
    """Whether the other end of standard output or standard error is closed; True where that cannot be asked."""
    polled = select.poll()
    try:
        for stream in (sys.stdout, sys.stderr):
            polled.register(stream.fileno(), 0)
    except (OSError, ValueError, AttributeError):
        return True
    return any(event & select.POLLERR for _, event in polled.poll(0))


def _silence(stream: TextIO | None) -> None:
    """Let what is still in a stream's buffer go nowhere: Python would complain of it once more when it ends."""
    with suppress(OSError, ValueError, AttributeError):
        number = stream.fileno()  # type: ignore[union-attr]  # That it is None is suppressed, too.
        nowhere = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nowhere, number)
        os.close(nowhere)
