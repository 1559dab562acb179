"""tools/locks: what every environment installs, held to pyproject.toml, the one list."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import TYPE_CHECKING, Any

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from groundwork.base.paths import root

if TYPE_CHECKING:
    from pathlib import Path

LOCKS = root() / "tools" / "locks"
OWN = "kubectl-dynamo"
PYTHONS = ("3.11.5", "3.11.15", "3.12.0", "3.13.0", "3.14.0")
"""The oldest is what pyproject.toml asks for."""
ENVIRONMENT = {"sys_platform": "linux", "platform_python_implementation": "CPython", "extra": ""}
COMMAND = re.compile(r"^# {4}uv pip compile (.*)$", re.MULTILINE)


@cache
def pyproject() -> dict[str, Any]:
    return tomllib.loads((root() / "pyproject.toml").read_text(encoding="utf-8"))


def locked(text: str) -> list[tuple[Requirement, list[str]]]:
    """The requirements of a lock, each with its hashes."""
    found = []
    for entry in re.split(r"(?m)^(?=[A-Za-z])", text)[1:]:
        head, *hashes = re.split(r"\s*\\\n\s*|\n", re.sub(r"(?m)^ *#.*$", "", entry).strip())
        found.append((Requirement(head), [word for word in hashes if word]))
    return found


def wanted(text: str) -> list[Requirement]:
    """What pyproject.toml lists for the environment, by the groups that the lock's command names."""
    (command,) = COMMAND.findall(text)
    groups = re.findall(r"--group (\S+)", command)
    listed = [entry for group in groups for entry in pyproject()["dependency-groups"][group]]
    if "pyproject.toml" in command.split():
        listed += pyproject()["project"]["dependencies"]
    return [one for one in map(Requirement, listed) if one.name != OWN]


def faults(text: str) -> list[str]:
    """What a lock lacks, or has too much of."""
    entries = locked(text)
    found = [f"{one}: has no hash" for one, hashes in entries if not hashes]
    found += [f"{one}: not one version" for one, _ in entries if not re.fullmatch(r"==[^*]+", str(one.specifier))]
    found += [f"{one}: {word}" for one, hashes in entries for word in hashes if not _is_hash(word)]
    found += [f"has an address: {word}" for word in re.findall(r"\S+://\S+|(?m:^-\S+.*$)", text)]
    for python in PYTHONS:
        environment = ENVIRONMENT | {"python_full_version": python, "python_version": python[:4]}
        versions = {
            canonicalize_name(one.name): str(one.specifier)
            for one, _ in entries
            if one.marker is None or one.marker.evaluate(environment)
        }
        for one in wanted(text):
            there = versions.get(canonicalize_name(one.name), "nothing")
            if (one.marker is None or one.marker.evaluate(environment)) and there != str(one.specifier):
                found.append(f"Python {python}: pyproject.toml lists {one}, the lock {there}")
    return found


def _is_hash(word: str) -> bool:
    return re.fullmatch(r"--hash=sha256:[0-9a-f]{64}", word) is not None


@pytest.mark.parametrize("lock", sorted(LOCKS.glob("*.txt")), ids=lambda path: path.stem)
def test_a_lock_fits_pyproject(lock: Path) -> None:
    """If this fails, run `./nox -s lock`."""
    assert faults(lock.read_text(encoding="utf-8")) == []


def test_what_does_not_fit_is_found() -> None:
    sound = (LOCKS / "lock.txt").read_text(encoding="utf-8")
    assert faults(sound) == []
    assert len(faults(sound.replace("uv==", "uv==9", 1))) == len(PYTHONS)
    assert any("has no hash" in fault for fault in faults(re.sub(r" \\\n|(?m:^ +--hash.*$)", "", sound)))
    assert any("an address" in fault for fault in faults(f"--index-url https://a.invalid\n{sound}"))
    assert any("not one version" in fault for fault in faults(sound.replace("uv==", "uv>=", 1)))


def test_what_builds_the_project_is_what_the_locks_have() -> None:
    requires = pyproject()["build-system"]["requires"]
    assert pyproject()["dependency-groups"]["build"] == requires
    plugin = root() / "tools" / "packaging" / OWN / "pyproject.toml"
    assert tomllib.loads(plugin.read_text(encoding="utf-8"))["build-system"]["requires"] == requires
