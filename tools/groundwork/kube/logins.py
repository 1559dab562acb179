"""Logins by the official client, which only logs that one failed, and goes on without: here that is an error."""

from __future__ import annotations

import copy
import logging
import re
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from groundwork.base.printable import printable
from groundwork.kube.errors import ApiError, NoLoginError
from groundwork.kube.values import text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from groundwork.kube.kubeconfig import Entry

_EXIT = re.compile(r"exec: process returned (-?\d+)\.?\s*(.*)")
_ERROR = re.compile(r"\[Errno \d+\] ([^:]+)")
_SAID_ALREADY = "has no attribute 'strip'"
"""End of what the client says of a plugin that fails while its own messages go to the terminal."""
_HINT = "log in again with that program; `kubectl auth whoami` logs in the same way"


class _Heard(logging.Handler):
    """Keeps what this thread says to the root logger, as the client does."""

    def __init__(self) -> None:
        super().__init__(logging.ERROR)
        self.said: list[str] = []
        self._thread = threading.get_ident()

    def emit(self, record: logging.LogRecord) -> None:
        if (record.thread, record.name) == (self._thread, "root"):
            self.said.append(" ".join(record.getMessage().split()))


@contextmanager
def logging_in(user: Entry) -> Iterator[None]:
    """Let the client log a user in.

    Raises:
        NoLoginError: it could not.
    """
    heard = _Heard()
    logging.getLogger().addHandler(heard)
    try:
        yield
    finally:
        logging.getLogger().removeHandler(heard)
    if heard.said:
        raise _failed(user, heard.said[0])


def watched(settings: Any, user: Entry) -> None:
    """Let a login that expires, and cannot be had anew, be a refusal of the request that needed it.

    Args:
        settings: the client's `Configuration`; its hook that refreshes a token is replaced.
        user: whose it is.
    """
    refresh = settings.refresh_api_key_hook
    if refresh is None:
        return

    def refreshed(configuration: Any) -> None:
        # The client writes all settings anew, while other threads send requests: only the token is taken from it.
        aside = copy.copy(configuration)
        aside.api_key = dict(configuration.api_key)
        try:
            with logging_in(user):
                refresh(aside)
        except NoLoginError as error:
            raise ApiError(401, str(error)) from None
        # A token from a file may end in a new line, which no header may have.
        configuration.api_key.update({key: value.strip() for key, value in aside.api_key.items()})

    settings.refresh_api_key_hook = refreshed


def _failed(user: Entry, said: str) -> NoLoginError:
    program = text(user.body, "exec", "command")
    who = f"user {user.name!r} cannot log in"
    if not program:
        return NoLoginError(f"{who}: {printable(said)}", hint=_HINT)
    if said.startswith("[Errno 2]"):
        hint = "\n".join(map(printable, text(user.body, "exec", "installHint").strip().splitlines()))
        return NoLoginError(
            f"{who}: the program {program!r}, which the kubeconfig names, is not installed",
            hint=hint or f"install {program!r}, or name its whole path in the kubeconfig",
        )
    ended, unstarted = _EXIT.match(said), _ERROR.match(said)
    if unstarted:
        why = f"cannot be started: {unstarted[1]}"
    elif ended:
        why = f"failed with status {ended[1]}" + (f": {ended[2]}" if ended[2] else " and said nothing")
    elif said.endswith(_SAID_ALREADY):
        why = "failed, and says above why"
    else:
        why = f"is of no use: {said.removeprefix('exec: ')}"
    return NoLoginError(printable(f"{who}: {program!r} {why}"), hint=_HINT)
