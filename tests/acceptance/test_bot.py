"""The bot's configuration (.github/renovate.json) reaches every version that is no part of a release of Dynamo."""

from __future__ import annotations

import json
import re
import tomllib
from typing import Any

import pytest

from groundwork.base.paths import root

OPTIONS = {
    *("--universal", "--generate-hashes", "--python-version", "--no-emit-package", "--group", "--output-file"),
}
"""Those of `uv pip compile` that Renovate 44 carries out again; of a lock with another it changes nothing."""
PINNED_BY_HAND = {"etcd", "coredns", "version", "schemas", "oldest"}
"""Of [kubernetes]: its parts belong together, and Debian's containerd limits them."""


@pytest.fixture(scope="module")
def config() -> dict[str, Any]:
    return dict(json.loads((root() / ".github" / "renovate.json").read_text(encoding="utf-8")))


def matched(config: dict[str, Any], text: str) -> set[str]:
    """The keys of versions.toml whose lines the bot reads."""
    found = set()
    for manager in config["customManagers"]:
        for pattern in manager["matchStrings"]:
            spelled = re.sub(r"\(\?<(\w+)>", r"(?P<\1>", pattern)
            found |= {match.group().partition(" =")[0] for match in re.finditer(spelled, text)}
    return found


def test_every_program_and_image_is_kept_fresh(config: dict[str, Any]) -> None:
    text = (root() / "versions.toml").read_text(encoding="utf-8")
    versions = tomllib.loads(text)
    wanted = {*versions["tools"], *versions["peers"], *versions["kubernetes"]} - PINNED_BY_HAND
    assert matched(config, text) == wanted


def test_a_program_that_nobody_keeps_fresh_would_be_seen(config: dict[str, Any]) -> None:
    assert "new" not in matched(config, 'new = "1.0"\nkind = "2.0"\n')


def test_every_lock_and_go_module_is_read(config: dict[str, Any]) -> None:
    assert {"pip-compile", "gomod", "github-actions", "custom.regex"} <= set(config["enabledManagers"])
    (pattern,) = config["pip-compile"]["managerFilePatterns"]
    locks = sorted((root() / "tools" / "locks").iterdir())
    assert locks
    for lock in locks:
        assert re.search(pattern.strip("/"), lock.relative_to(root()).as_posix())
        command = lock.read_text(encoding="utf-8").splitlines()[1].split()
        assert command[:4] == ["#", "uv", "pip", "compile"]
        assert {word for word in command if word.startswith("-")} <= OPTIONS


def test_it_works_once_a_week_and_in_groups(config: dict[str, Any]) -> None:
    assert config["schedule"] == config["lockFileMaintenance"]["schedule"] == ["before 6am on monday"]
    grouped = {name for rule in config["packageRules"] if "groupName" in rule for name in rule["matchManagers"]}
    assert grouped == set(config["enabledManagers"])
