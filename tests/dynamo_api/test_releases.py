"""The table of releases: what is asked of it, and each mistake in it at its line."""

from __future__ import annotations

import re
import tomllib
from typing import TYPE_CHECKING

import pytest

from dynamo_api import releases
from dynamo_api.release_table import kept, reader
from groundwork.base import versions
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from pathlib import Path

SMALL = """\
# A comment.
[[release]]
name = "1.0.0"
date = 2026-04-01
crds = "exact"

[[release]]
name = "1.1.0-dev"
crds = "in part"
note = "half of it is not known"

[[release]]
name = "1.1.0"
held_to = "1.1.0-dev"

[since]
a_field = "1.1"
"""


def test_every_release_from_the_first_to_the_newest_is_there() -> None:
    """As PyPI lists them, but for its post releases, and the two that it has not."""
    names = [row.name for row in releases.table().releases if row.is_release]
    assert " ".join(names) == (
        "0.6.1 0.7.0 0.7.1 0.8.0 0.8.1 0.9.0 0.9.1 1.0.0 1.0.1 1.0.2 1.1.0 1.1.1 1.2.0 1.2.1 1.3.0 1.3.1"
        " 1.4.0 1.4.1 1.4.2 1.5.0 1.5.1 1.6.0 1.6.1 1.6.2 1.7.0"
    )
    assert [row.name for row in releases.table().releases if row.current] == ["1.6.2", "1.7.0"]
    assert (releases.default().name, releases.newest().name) == ("1.6.2", "1.7.0")


@pytest.mark.parametrize(
    ("asked", "state", "said"),
    [
        ("0.6.1", "v0.6.1", "0.6.1"),
        ("v1.1.0", "v1.1.0", "1.1.0"),
        ("main-1.4.0", "main-1.4.0", "1.4.0-dev"),
        ("1.5.0-dev", "main-1.5.0", "1.5.0-dev"),
        ("1.4.2", "main-1.4.0", "1.4.2 (held to 1.4.0-dev; what sets them apart is not known)"),
        ("1.6.1", "v1.6.1", "1.6.1 (LPX components are not known)"),
        ("1.6.2", "v1.6.1", "1.6.2 (held to 1.6.1; LPX components are not known)"),
        (
            "1.7.0",
            "v1.6.1",
            "1.7.0 (held to 1.6.1; LPX components, v1beta2 of a request and what else 1.7 changed are not known)",
        ),
    ],
)
def test_a_release_says_whose_rules_hold_for_it(asked: str, state: str, said: str) -> None:
    held = releases.named(asked)
    assert (held.state, str(held)) == (state, said)


def test_every_release_is_held_to_a_state_and_says_what_is_not_known() -> None:
    for row in releases.table().releases:
        held = releases.named(row.name)
        assert held.state in releases.states()
        assert bool(held.says) == (row.crds != "exact")


@pytest.mark.parametrize(
    ("asked", "fact", "hint"),
    [
        ("1.6.3", "unknown release '1.6.3' of Dynamo", "did you mean '1.6.2'? one of 0.6.1, 0.7.0, "),
        ("v1.6.3", "unknown release 'v1.6.3' of Dynamo", "did you mean '1.6.2'? one of 0.6.1, 0.7.0, "),
        ("latest", "unknown release 'latest' of Dynamo", "one of 0.6.1, 0.7.0, "),
        (
            "1.8.0",
            "release '1.8.0' of Dynamo is newer than the newest that is known here, 1.7.0",
            "check against 1.7.0",
        ),
        ("v2", "release 'v2' of Dynamo is newer than the newest that is known here, 1.7.0", "check against 1.7.0"),
        ("1.7.1", "release '1.7.1' of Dynamo is newer than", "check against 1.7.0 until"),
        ("1..7", "unknown release '1..7' of Dynamo", "did you mean '1.7.0'? one of 0.6.1"),
    ],
)
def test_another_release_is_refused(asked: str, fact: str, hint: str) -> None:
    with pytest.raises(UserError, match=re.escape(fact)) as caught:
        releases.named(asked)
    assert caught.value.hint.startswith(hint)


def test_the_followed_release_is_the_one_that_versions_toml_names(monkeypatch: pytest.MonkeyPatch) -> None:
    assert releases.named() == releases.named(versions.version("dynamo.operator"))
    monkeypatch.setattr(releases, "table", lambda: reader.read(kept.FILE, b'[dynamo]\noperator = "1.5.1"'))
    assert (releases.named().state, releases.pages_version("dynamo.operator_label")) == ("v1.5.0", "1.5.1")
    with pytest.raises(
        UserError, match=r"versions\.toml: dynamo\.operator is '1\.5': it takes a release"
    ) as caught:
        reader.read(kept.FILE, b'[dynamo]\noperator = "1.5"')
    assert str(caught.value).startswith("versions.toml: ")
    assert caught.value.hint == "did you mean '1.5.1'?"


def test_a_table_is_kept_and_read_again_where_one_of_its_files_changes(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    chosen = tmp_path / "versions.toml"
    first = kept.table(small, chosen)
    assert first == reader.read(small)
    with monkeypatch.context() as patch:
        patch.delattr(reader, "read")
        assert kept.table(small, chosen) == first
    chosen.write_text('[dynamo]\noperator = "1.0.0"')
    assert (first.followed, kept.table(small, chosen).followed) == ("", "1.0.0")
    small.write_text(SMALL.replace("2026-04-01", "2026-04-02"))
    assert kept.table(small, chosen).releases[0].day == "2 April 2026"


def test_a_cache_that_cannot_be_written_is_done_without(
    small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "cache").write_text("a file")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    assert kept.table(small, tmp_path / "none") == reader.read(small)


def test_pages_get_versions_of_the_table_and_of_versions_toml() -> None:
    wanted = {
        "dynamo.since.dgdr_v1beta1": "1.0",
        "dynamo.until.crds_chart": "0.9",
        "dynamo.newest": "1.7.0",
        "dynamo.newest_on": "23 November 2026",
        "dynamo.default": "1.6.2",
        "dynamo.runtime": versions.version("dynamo.runtime"),
        "dynamo.operator": releases.operator().number,
    }
    assert {key: releases.pages_version(key) for key in wanted} == wanted
    for key in ("dynamo.since.nothing", "dynamo.until", "dynamo.nothing", "since.kv_router"):
        with pytest.raises(KeyError):
            releases.pages_version(key)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    file = tmp_path / "releases.toml"
    file.write_text(SMALL)
    return file


def test_a_small_table_is_read(small: Path) -> None:
    table = reader.read(small)
    assert [(row.name, row.state, row.number, row.day) for row in table.releases] == [
        ("1.0.0", "v1.0.0", "1.0.0", "1 April 2026"),
        ("1.1.0-dev", "main-1.1.0", "1.1.0", ""),
        ("1.1.0", "v1.1.0", "1.1.0", ""),
    ]
    assert table.since == {"a_field": "1.1"}


@pytest.mark.parametrize(
    ("old", "new", "line", "fact", "hint"),
    [
        ('crds = "exact"', "crds = exact", 5, "not TOML: Invalid value", ""),
        ("[since]", "[sinse]", 16, "unknown table 'sinse'", "did you mean 'since'?"),
        ("date = 2026", "day = 2026", 4, "unknown column 'day'", ""),
        ('crds = "exact"', 'crd = "exact"', 5, "unknown column 'crd'", "did you mean 'crds'?"),
        ("2026-04-01", '"1 April"', 4, "date is '1 April': it takes a date such as 2026-11-05", ""),
        ('"half of it is not known"', "1", 10, "note is 1: it takes a text", ""),
        ('crds = "exact"', 'crds = "exact"\nwheel = "yes"', 6, "wheel is 'yes': it takes true or false", ""),
        ('crds = "exact"', 'crds = "exact"\nmay_serve = [1]', 6, "may_serve is [1]: it takes a list of texts", ""),
        ('name = "1.0.0"', 'name = "1.0"', 3, "name is '1.0': it takes a release such as 1.6.2", ""),
        ('name = "1.0.0"\n', "", 2, "name is None: it takes a release", ""),
        ('crds = "exact"', 'crds = "partly"', 5, "crds is 'partly': it takes 'exact' or 'in part'", ""),
        ('crds = "exact"\n', "", 2, "1.0.0 has neither crds nor held_to", ""),
        ('crds = "exact"', 'crds = "exact"\nheld_to = "1.1.0-dev"', 2, "1.0.0 has both crds and held_to", ""),
        ('note = "half of it is not known"\n', "", 7, "1.1.0-dev was read in part: its note says what", ""),
        (
            'held_to = "1.1.0-dev"',
            'held_to = "1.1.0"',
            14,
            "held_to is '1.1.0': it takes",
            "did you mean '1.1.0-dev'?",
        ),
        (
            'held_to = "1.1.0-dev"',
            'held_to = "1.1.0-dev"\nkubernetes = "1.36.0"',
            12,
            "1.1.0 is held to 1.1.0-dev",
            "",
        ),
        ('name = "1.1.0-dev"', 'name = "0.9.0"', 8, "0.9.0 comes after 1.0.0: rows go from old to new", ""),
        ('name = "1.1.0"', 'name = "1.1.0-dev"', 13, "1.1.0-dev comes after 1.1.0-dev", ""),
        ('a_field = "1.1"', 'a_field = "1.2"', 17, "since.a_field is '1.2': it takes a release", "did you mean"),
        (
            'held_to = "1.1.0-dev"',
            'held_to = "1.1.0-dev"\nruns = ["mock"]',
            15,
            "runs has 'mock': it takes frontend, mocker, profiler, planner",
            "did you mean 'mocker'?",
        ),
        (
            'held_to = "1.1.0-dev"',
            'held_to = "1.1.0-dev"\nruns = ["mocker"]',
            15,
            "1.1.0 runs mocker: not_run is for what runs in part",
            "",
        ),
        (
            'held_to = "1.1.0-dev"',
            'held_to = "1.1.0-dev"\nnot_run = "x"',
            15,
            "1.1.0 runs nothing: not_run is for what runs in part",
            "",
        ),
        ("[[release]]", "[release]", 1, "", ""),
        (SMALL, "", 1, "not a list of releases: each begins with [[release]]", ""),
    ],
)
def test_a_mistake_is_told_at_its_line(  # noqa: PLR0917
    small: Path, old: str, new: str, line: int, fact: str, hint: str
) -> None:
    small.write_text(SMALL.replace(old, new))
    with pytest.raises(UserError) as caught:
        reader.read(small)
    if fact:  # A header that is not a list's is Python's to word.
        assert str(caught.value).startswith(f"releases.toml:{line}: {fact}")
    assert caught.value.hint.startswith(hint)


@pytest.mark.parametrize("text", ["1.6.1", "v1.6.1"])
def test_a_release_that_is_run_here(text: str) -> None:
    assert releases.to_run(text).name == "1.6.1"


@pytest.mark.parametrize(
    ("text", "fact"),
    [
        ("1.6.2", "Dynamo 1.6.2 cannot be run here: there is no list of packages"),
        ("1.5.0-dev", "Dynamo 1.5.0-dev cannot be run here"),
        ("1.6", "unknown release '1.6' of Dynamo"),
        ("9.9.9", "release '9.9.9' of Dynamo is newer"),
    ],
)
def test_a_release_that_is_not_run_here_is_told_with_those_that_are(text: str, fact: str) -> None:
    with pytest.raises(UserError) as caught:
        releases.to_run(text)
    assert caught.value.fact.startswith(fact)
    assert caught.value.hint == "can be run here: 1.4.2, 1.5.1, 1.6.1"


def test_columns_are_all_told_at_the_head_of_the_file() -> None:
    text = kept.FILE.read_text(encoding="utf-8")
    head = text.partition("[[release]]")[0]
    used = {key for row in tomllib.loads(text)["release"] for key in row}
    assert [key for key in sorted(used) if not re.search(rf"# .*\b{key}\b", head)] == []
