"""How every program ends: by a mistake of its user, by Ctrl-C, on a closed pipe or a full disk, by a bug.

A `main` is `return program("docs-test", _main, arguments)`; nothing else of it prints an error or a traceback.
"""

from __future__ import annotations

import errno
import os
import select
import signal
import sys
import traceback
from contextlib import suppress
from typing import TYPE_CHECKING

from groundwork.base.errors import EnvironmentFault, ExitStatus, UserError
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
        case BrokenPipeError() if _nobody_reads():
            return _unwritten(name, error)
        case OSError() if error.errno in UNWRITABLE:
            return _unwritten(name, error)
        case _:
            _say(f"{name}: a bug, please report it: {printable(f'{type(error).__name__}: {error}')}")
            if debug:
                traceback.print_exception(error)
            else:
                _say(f"hint: {DEBUG} shows where")
            return ExitStatus.BUG


def _unwritten(name: str, error: OSError) -> int:
    """Say that something could not be written, to those who still hear; returns the exit status."""
    _silence(sys.stdout)
    if isinstance(error, BrokenPipeError):
        return ExitStatus.CLOSED_PIPE
    to = f" {str(error.filename)!r}" if error.filename else ""  # Standard output has no name.
    hint = f"\nhint: {HINT}" if error.errno in FULL else ""
    _say(f"{name}: cannot write{to}: {error.strerror or type(error).__name__}{hint}")
    return ExitStatus.ENVIRONMENT


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
