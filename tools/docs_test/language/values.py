"""Readers of attribute and front matter values. A bad value raises ValueError with fact and hint."""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from groundwork.base.suggest import did_you_mean
from groundwork.base.wording import either

DURATION = re.compile(r"(?:(\d+)h)?(?:(\d+)m)?(?:(\d+(?:\.\d+)?)s)?")
MAX_STATUS = 255
MAX_PORT = 65535
MAX_SECONDS = 7 * 24 * 3600
MAX_NAME = 255
"""Bytes of a file's name, of Linux' file systems."""
MAX_PATH = 1000
"""Characters of a path below the site's top folder or the tutorial's."""


def duration(text: str) -> float:
    """Seconds of "90s", "5m", "1m30s", "1h".

    Raises:
        ValueError: anything else, zero, or more than a week.
    """
    match = DURATION.fullmatch(text)
    if not match or not text:
        raise ValueError(f"{text!r} is not a duration", 'durations read "90s", "5m" or "1m30s"')
    hours, minutes, seconds = (float(part or 0) for part in match.groups())
    total = hours * 3600 + minutes * 60 + seconds
    if total > MAX_SECONDS:
        raise ValueError(f"{text[:40]!r} is longer than a week", 'durations read "90s", "5m" or "1m30s"')
    if total <= 0:
        raise ValueError(f"{text!r}: a duration must be longer than zero", 'durations read "90s", "5m" or "1m30s"')
    return total


def written(seconds: float) -> str:
    """Seconds as pages write them: `1m30s`."""
    hours, rest = divmod(seconds, 3600)
    minutes, left = divmod(rest, 60)
    parts = [f"{hours:g}h" if hours else "", f"{minutes:g}m" if minutes else "", f"{left:g}s" if left else ""]
    return "".join(parts) or "0s"


def status(text: str) -> int:
    """An exit status, 0 to 255.

    Raises:
        ValueError: anything else.
    """
    if not re.fullmatch(r"\d{1,3}", text) or int(text) > MAX_STATUS:
        raise ValueError(f"{text!r} is not an exit status", "a number from 0 to 255")
    return int(text)


def address(text: str) -> str:
    """An address whose answer tells that a background step is ready.

    Raises:
        ValueError: not http(s)://… nor tcp://HOST:PORT.
    """
    hint = 'write "http://localhost:8000/health" or "tcp://localhost:8000"'
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        raise ValueError(f"{text!r} is no address", hint) from None
    if parts.scheme not in {"http", "https", "tcp"} or not parts.hostname:
        raise ValueError(f"{text!r} is no address", hint)
    if parts.scheme == "tcp" and not port:
        raise ValueError(f"{text!r} names no port", hint)
    return text


def file_name(text: str) -> str:
    """A file name inside the tutorial's folder.

    Raises:
        ValueError: absolute, leaving the folder, or no file.
    """
    path = PurePosixPath(text)
    if path.is_absolute() or ".." in path.parts or text.startswith("~") or "\\" in text:
        raise ValueError(f"{text!r} leaves the tutorial's folder", 'a plain name: title="deployment.yaml"')
    if not text.isprintable() or len(text) > MAX_PATH or any(len(part.encode()) > MAX_NAME for part in path.parts):
        why = "is too long for a file" if text.isprintable() else "has control characters"
        raise ValueError(f"{text[:40]!r} {why}", 'a plain name: title="deployment.yaml"')
    if not path.name or text.endswith("/"):
        raise ValueError(f"{text!r} names no file", 'a plain name: title="deployment.yaml"')
    return str(path)


def one_of(text: str, allowed: tuple[str, ...]) -> str:
    """A word of a list.

    Raises:
        ValueError: another word.
    """
    if text not in allowed:
        near = did_you_mean(text, allowed)
        raise ValueError(f"{text!r} is not {either(allowed)}", near or f"allowed: {', '.join(allowed)}")
    return text


def words(text: str) -> list[str]:
    """Words separated by blanks or commas."""
    return [word for word in re.split(r"[\s,]+", text) if word]


def selections(text: str) -> dict[str, str]:
    """`data-when="api=v1beta1"`, several separated by commas: all must hold.

    Raises:
        ValueError: not NAME=VALUE, or a name twice.
    """
    chosen: dict[str, str] = {}
    for word in words(text):
        name, equals, value = word.partition("=")
        if not equals or not name or not value or name in chosen:
            raise ValueError(f"{text!r} is no selection", 'write data-when="NAME=VALUE", as in "api=v1beta1"')
        chosen[name] = value
    if not chosen:
        raise ValueError("it selects nothing", 'write data-when="NAME=VALUE", as in "api=v1beta1"')
    return chosen
