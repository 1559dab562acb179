"""The work queue: each key once, never twice at a time, failures later and later."""

from __future__ import annotations

from mock_platform.operator.control.queue import LAST_RETRY_SECONDS, WorkQueue


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


def test_a_key_added_twice_comes_once() -> None:
    queue: WorkQueue[str] = WorkQueue()
    for key in ("a", "b", "a"):
        queue.add(key)
    assert [queue.get(), queue.get()] == ["a", "b"]
    queue.close()
    assert queue.get() is None


def test_a_key_added_while_worked_on_comes_again_afterwards() -> None:
    queue: WorkQueue[str] = WorkQueue()
    queue.add("a")
    assert queue.get() == "a"
    queue.add("a")
    queue.add("b")
    assert queue.get() == "b", "a is being worked on: nobody else gets it"
    queue.done("a")
    assert queue.get() == "a"


def test_failures_wait_longer_and_longer_and_success_forgets_them() -> None:
    clock = Clock()
    queue: WorkQueue[str] = WorkQueue(clock)
    waits = [queue.failed("a") for _ in range(12)]
    assert waits[:3] == [0.2, 0.4, 0.8]
    assert max(waits) == waits[-1] == LAST_RETRY_SECONDS
    queue.succeeded("a")
    assert queue.failed("a") == 0.2


def test_a_failure_that_never_ends_ends_nothing() -> None:
    queue: WorkQueue[str] = WorkQueue(Clock())
    assert {queue.failed("a") for _ in range(1100)} >= {0.2, LAST_RETRY_SECONDS}


def test_news_does_not_wait_for_a_retry() -> None:
    clock = Clock()
    queue: WorkQueue[str] = WorkQueue(clock)
    queue.failed("a")
    queue.add("a")
    assert queue.get() == "a"
    queue.done("a")
    clock.now = 100.0
    queue.add("b")
    assert queue.get() == "b", "the retry was superseded"
