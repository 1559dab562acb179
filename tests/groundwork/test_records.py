from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from groundwork.base.errors import EnvironmentFault
from groundwork.system.records import abandoned, alive, claimed, forget_abandoned, leave, left, recorded, taken

if TYPE_CHECKING:
    from pathlib import Path

HOLD = """
import sys
from groundwork.system.records import recorded
with recorded("thing", name="killed"):
    print("held", flush=True)
    sys.stdin.read()
"""


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    return tmp_path / "dynamo-docs" / "runs"


@pytest.fixture
def holder():
    process = subprocess.Popen(
        [sys.executable, "-c", HOLD], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert process.stdout.readline() == "held\n"
    yield process
    process.kill()
    process.communicate()


def names(kind: str = "thing") -> list[str]:
    with abandoned(kind) as found:
        return [facts["name"] for facts in found]


def test_a_record_lives_as_long_as_its_block(cache: Path) -> None:
    with recorded("thing", name="a") as record:
        record.settled()
        assert [facts["name"] for facts in alive("thing")] == ["a"]
        assert [facts["pid"] for facts in alive("thing")] == [os.getpid()]
        assert alive("other") == []
        assert names() == []
    assert list(cache.iterdir()) == []


def test_records_of_the_dead_are_forgotten_and_those_of_the_living_are_not(
    holder: subprocess.Popen[str], cache: Path
) -> None:
    forget_abandoned("thing")
    assert [facts["name"] for facts in alive("thing")] == ["killed"]
    holder.kill()
    holder.communicate()
    forget_abandoned("other")
    assert len(list(cache.iterdir())) == 1
    forget_abandoned("thing")
    assert list(cache.iterdir()) == []


def test_a_record_outlives_an_error_unless_what_it_tells_of_is_gone(cache: Path) -> None:
    with pytest.raises(KeyboardInterrupt):
        record_and_end("gone", settled=True)
    assert list(cache.iterdir()) == []
    with pytest.raises(KeyboardInterrupt):
        record_and_end("left", settled=False)
    assert names() == ["left"]


def record_and_end(name: str, *, settled: bool) -> None:
    with recorded("thing", name=name) as record:
        if settled:
            record.settled()
        raise KeyboardInterrupt


def test_one_run_at_a_time_and_the_other_is_named(holder) -> None:
    with (
        pytest.raises(
            EnvironmentFault, match=rf"^the thing: another run uses it, process {holder.pid}\nhint: kill"
        ) as caught,
        claimed("thing", "the thing", "kill {pid}", name="killed"),
    ):
        pytest.fail("it was claimed")
    assert str(caught.value).endswith(f"kill {holder.pid}")
    with claimed("thing", "another", "", name="other") as record:
        record.settled()
    holder.kill()
    holder.wait()
    with claimed("thing", "the thing", "", name="killed") as record:
        record.settled()


def test_what_a_killed_process_recorded_is_found_once(holder, cache: Path) -> None:
    assert names() == []
    holder.send_signal(signal.SIGKILL)
    holder.wait()
    assert alive("thing") == []
    assert names() == ["killed"]
    assert names() == []
    assert list(cache.iterdir()) == []


@pytest.mark.parametrize("started", ["1", None])
def test_a_process_that_got_a_dead_ones_number_is_not_taken_for_it(
    holder, cache: Path, started: str | None
) -> None:
    """A sweep holds the dead one's record locked while it claims what is to be removed."""
    cache.mkdir(parents=True, exist_ok=True)
    facts = {"pid": holder.pid, "name": "dead"} | ({"started": started} if started else {})
    (cache / f"thing-{holder.pid}-x.json").write_text(json.dumps(facts))
    with abandoned("thing") as found:
        assert [facts["name"] for facts in found] == ["dead"]
        assert bool(started) == (facts not in alive("thing")), "a record without a start time counts as before"
        if started:
            with claimed("thing", "the thing", "kill {pid}", name="dead") as record:
                record.settled()
    assert [facts["name"] for facts in alive("thing")] == ["killed"]


def test_two_sweeps_do_not_share_and_a_failed_one_forgets_nothing(holder) -> None:
    holder.kill()
    holder.wait()
    with pytest.raises(ZeroDivisionError), abandoned("thing") as found:
        fail_within(found)
    assert names() == ["killed"]


def fail_within(found) -> None:
    assert len(found) == 1
    assert names() == [], "another sweep sees nothing"
    raise ZeroDivisionError


def test_a_damaged_record_is_left_alone(cache: Path) -> None:
    cache.mkdir(parents=True, exist_ok=True)
    (cache / "thing-1-x.json").write_text("{")
    assert names() == []


def test_what_is_left_on_purpose_stays_until_it_is_taken(cache: Path) -> None:
    one = leave("kept", name="a")
    other = leave("kept", name="b")
    os.utime(one.path, (1, 1))
    assert [found.facts["name"] for found in left("kept")] == ["a", "b"], "the oldest first"
    assert alive("kept") == []
    assert left("thing") == []
    with taken(one, "page a"):
        assert len(left("kept")) == 2, "it is not taken away before it was settled"
    with taken(one, "page a") as record:
        record.settled()
    assert [found.facts["name"] for found in left("kept")] == ["b"]
    with taken(other, "page b") as record:
        record.forget()
        assert left("kept") == []
    assert list(cache.iterdir()) == []


def test_what_another_process_has_taken_or_had_is_not_taken_twice() -> None:
    one = leave("kept", name="a")
    with taken(one, "page a") as record:
        with pytest.raises(EnvironmentFault, match="page a: another docs-test has it now"), taken(one, "page a"):
            pass
        record.settled()
    with pytest.raises(EnvironmentFault), taken(one, "page a"):
        pass
