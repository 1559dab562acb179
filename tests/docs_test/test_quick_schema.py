"""The quick check of results says what jsonschema says, of data that is right and of data that is not."""

from __future__ import annotations

import copy
import json
import random
from typing import TYPE_CHECKING, Any

import pytest
from jsonschema import Draft202012Validator

from docs_test.reporting import results
from docs_test.reporting.quick_schema import Compiler
from support.page_runs import fake_cluster, run, shown, step
from support.results import of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

SCHEMA = json.loads(results.SCHEMA.read_text(encoding="utf-8"))
OTHERS = (None, True, False, 0, 1, -1, 1.5, 2.0, "", "x", "passed", [], [1], {}, {"x": 1})


@pytest.fixture
def document(tmp_path: Path) -> dict[str, Any]:
    good = step(2, "echo one", expectation=shown(5, "one"))
    page = run(fake_cluster(tmp_path), good, step(10, "echo two; false"), step(20, "true", cleanup=True))
    return results.document(of(page))


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Each place of a document: what holds it, and the name or index."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(items):
        yield value, key
        yield from places(item)


def test_both_say_the_same_of_changed_documents(document: dict[str, Any]) -> None:
    quick, whole = Compiler(SCHEMA).compiled(), Draft202012Validator(SCHEMA)
    assert quick(document)
    assert whole.is_valid(document)
    chance = random.Random(20261)  # noqa: S311 - the same changes each time
    outcomes = {True: 0, False: 0}
    for _ in range(600):
        changed = copy.deepcopy(document)
        holder, key = chance.choice(list(places(changed)))
        match chance.randrange(3):
            case 0:
                holder[key] = chance.choice(OTHERS)
            case 1:
                del holder[key]
            case _ if isinstance(holder, dict):
                holder["other"] = chance.choice(OTHERS)
        right = whole.is_valid(changed)
        assert quick(changed) is right, (key, changed)
        outcomes[right] += 1
    assert min(outcomes.values()) > 50, "both are tried"


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        ({"const": 1}, True),
        ({"enum": [0, "a"]}, False),
        ({"type": "integer"}, 2.0),
        ({"type": "integer"}, float("inf")),
        ({"type": ["integer", "null"]}, True),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, 1),
        ({"properties": {"a": {"$ref": "#"}}, "required": []}, {"a": {"a": 1}}),
        ({"additionalProperties": {"type": "string"}}, {"a": 1}),
        ({"minLength": 2, "pattern": "b"}, "ab"),
        ({"minimum": 0}, -0.5),
        ({"$defs": {"a": {"items": {"$ref": "#/$defs/a"}, "type": "array"}}, "$ref": "#/$defs/a"}, [[[]], [1]]),
    ],
)
def test_both_say_the_same_of_odd_values(schema: dict[str, Any], value: Any) -> None:
    assert Compiler(schema).compiled()(value) is Draft202012Validator(schema).is_valid(value)


def test_a_keyword_that_is_not_known_is_no_silent_yes() -> None:
    with pytest.raises(KeyError, match="maximum"):
        Compiler({"maximum": 1}).compiled()
