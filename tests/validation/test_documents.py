"""Texts are read as Kubernetes reads them, and every key and value is where its place says."""

from __future__ import annotations

import itertools
import json
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from groundwork.base.field_paths import dotted
from groundwork.base.positions import Position
from groundwork.base.problems import Stage
from groundwork.text.documents import expand, locate, position_of, read
from groundwork.text.parsed import ADVICE
from support.cost import calls, least_seconds

if TYPE_CHECKING:
    from groundwork.text.model import Document

ROOT = Path(__file__).resolve().parents[2]
TABLE = yaml.safe_load((Path(__file__).parent / "scalars.yaml").read_text(encoding="utf-8"))
MANIFEST = """\
apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeployment
metadata:
  name: "quick start"
  labels: {'app.kubernetes.io/name': x,   b: [1, {c: 2}]}
spec:
  components:
  - name: Frontend
    replicas: 1
  -   name: Worker
      args:
        - |
          one
          two
        - plain text
          goes on
  ? odd
  : - null
"""


def one(text: str, file: str = "a.yaml", **options: Any) -> Document:
    documents = read(text, file, **options)
    assert len(documents) == 1
    return documents[0]


def said(text: str, file: str = "a.yaml") -> list[str]:
    """What is wrong with a text, one `line:column: code: fact` each."""
    found = []
    for document in read(text, file):
        for problem in document.errors:
            place = position_of(document, problem)
            assert problem.stage is (Stage.ADVICE if problem.code in ADVICE else Stage.READ)
            assert place.file == file
            found.append(f"{place.line}:{place.column}: {problem.code}: {problem.fact}")
    return found


def written(key: str) -> tuple[str, ...]:
    return (key, f"'{key}'", json.dumps(key))


def assert_keys_are_there(document: Document, text: str) -> None:
    """The property: at the place of each key the file has that key."""
    lines = text.split("\n")
    for path, place in document.keys.items():
        here = lines[place.line - 1][place.column - 1 :]
        if isinstance(path[-1], str):
            assert here.startswith(written(path[-1])), (path, place, here)
        assert path in document.values


def test_every_place() -> None:
    document = one(MANIFEST)
    assert_keys_are_there(document, MANIFEST)
    places = {dotted(path): f"{place.line}:{place.column}" for path, place in document.values.items()}
    assert places == {
        "$": "1:1",
        "$.apiVersion": "1:13",
        "$.kind": "2:7",
        "$.metadata": "4:3",
        "$.metadata.name": "4:9",
        "$.metadata.labels": "5:11",
        "$.metadata.labels['app.kubernetes.io/name']": "5:38",
        "$.metadata.labels.b": "5:46",
        "$.metadata.labels.b[0]": "5:47",
        "$.metadata.labels.b[1]": "5:50",
        "$.metadata.labels.b[1].c": "5:54",
        "$.spec": "7:3",
        "$.spec.components": "8:3",
        "$.spec.components[0]": "8:5",
        "$.spec.components[0].name": "8:11",
        "$.spec.components[0].replicas": "9:15",
        "$.spec.components[1]": "10:7",
        "$.spec.components[1].name": "10:13",
        "$.spec.components[1].args": "12:9",
        "$.spec.components[1].args[0]": "12:11",
        "$.spec.components[1].args[1]": "15:11",
        "$.spec.odd": "18:5",
        "$.spec.odd[0]": "18:7",
    }
    assert document.keys["spec", "components", 1] == document.values["spec", "components", 1]
    assert document.value["spec"]["components"][1]["args"] == ["one\ntwo\n", "plain text goes on"]


@pytest.mark.parametrize("file", sorted((ROOT / "examples").rglob("*.yaml")), ids=lambda file: file.name)
def test_every_key_of_the_examples(file: Path) -> None:
    text = file.read_text(encoding="utf-8")
    documents = read(text, file.name)
    assert documents
    for document in documents:
        assert document.errors == ()
        assert_keys_are_there(document, text)


def with_floats(value: Any) -> Any:
    """Integers beyond 64 bits are floats to the API server."""
    if isinstance(value, dict):
        return {key: with_floats(item) for key, item in value.items()}
    if isinstance(value, list):
        return [with_floats(item) for item in value]
    return float(value) if isinstance(value, int) and value >= 2**63 else value


CORPUS = ROOT.parent / "shared" / "upstream" / "corpus"


@pytest.mark.upstream
@pytest.mark.skipif(not CORPUS.is_dir(), reason="no ../shared/upstream")
def test_every_key_of_the_corpus() -> None:
    unreadable = []
    for file in sorted(CORPUS.rglob("docs/*.yaml")):
        text = file.read_text(encoding="utf-8")
        for document in read(text, file.name):
            assert_keys_are_there(document, text)
            if any(problem.code == "yaml" for problem in document.errors):
                unreadable.append(f"{file.parts[-3]}/{file.name[:4]}")
            else:
                assert document.value == with_floats(yaml.safe_load(text))
    assert unreadable == ["v0.7.1/0030", "v0.7.1/0031", "v1.0.2/0026", "v1.0.2/0059", "v1.0.2/0060"]


@pytest.mark.parametrize(("text", "value", "kind"), [(*row, "")[:3] for row in TABLE["values"]])
def test_scalars_mean_what_they_mean_to_kubernetes(text: str, value: Any, kind: str) -> None:
    document = one(f"a: {text}\n")
    if value == "refused":
        assert [error.code for error in document.errors] == ["yaml"]
        return
    assert {error.code for error in document.errors} <= {"tag-dropped"}
    expected = float(value) if kind == "float" else value
    assert document.value == {"a": expected}
    assert type(document.value["a"]) is type(expected)


@pytest.mark.parametrize("sign", ["", "-", "+"])
def test_an_integer_of_any_length_is_read(sign: str) -> None:
    """As Go's library reads it: a float where one can hold it, else text; Python refuses more than 4300 digits."""
    for digits, value in (("9" * 300, float(f"{sign}1e300")), ("9" * 5000, f"{sign}{'9' * 5000}")):
        document = one(f"a: {sign}{digits}\n")
        assert (document.errors, document.value) == ((), {"a": value})


@pytest.mark.parametrize(("text", "key"), TABLE["keys"])
def test_keys_are_strings(text: str, key: str) -> None:
    document = one(f"{text}: 1\n")
    if key == "refused":
        assert [(error.code, error.path) for error in document.errors] == [("yaml", ())]
    else:
        assert document.value == {key: 1}
        assert [error.code for error in document.errors] == ([] if text.strip("'\"") == key else ["key-read"])


def test_documents_without_content_are_left_out() -> None:
    text = "# only a comment\n---\na: 1\n---\n---\n# nothing\n--- # more\nb: 2\n---\nnull\n"
    assert [(d.value, str(d.position)) for d in read(text, "a.yaml")] == [
        ({"a": 1}, "a.yaml:3:1"),
        ({"b": 2}, "a.yaml:8:1"),
    ]
    assert read("", "a.yaml") == []
    assert read("\ufeff\n", "a.yaml") == []


def test_a_mistake_in_one_document_leaves_the_others() -> None:
    text = "a: 1\n---\nb: [\n---\nc: 3\nc: 4\n"
    assert said(text) == [
        "3:5: yaml: the text ends inside what a `[` or `{` opened",
        "6:1: duplicate-key: the key 'c' is given twice, first at a.yaml:5:1",
    ]
    assert [document.value for document in read(text, "a.yaml")] == [{"a": 1}, None, {"c": 4}]


@pytest.mark.parametrize("end", ["\r\n", "\r", "\n"])
def test_line_ends_and_a_byte_order_mark(end: str) -> None:
    document = one("\ufeff" + end.join(["a:", "  b: |", "    x", "    y", "  c: 1", ""]))
    assert document.value == {"a": {"b": "x\ny\n", "c": 1}}
    assert str(document.keys["a", "c"]) == "a.yaml:5:3"


@pytest.mark.parametrize("end", ["\x85", "\u2028"])
def test_line_ends_that_only_yaml_knows(end: str) -> None:
    document = one(f"x: 1\n---\na: 'b{end}  c'\nd: 1\ne: '{end}' # {end}f: {{g: 2}}\n".split("---\n")[1])
    assert [str(document.keys[key,]) for key in ("a", "d", "e", "f")] == [
        f"a.yaml:{n}" for n in ("1:1", "2:1", "3:1", "3:11")
    ]


def test_characters_count_not_bytes() -> None:
    document = one('{"é😀": 1, b: "ü", c: 3}\n')
    assert str(document.keys["c",]) == "a.yaml:1:19"


MISTAKES = {
    "tab": ("a:\n\tb: 1\n", "2:1: yaml: a tab indents this line", "blanks"),
    "tab below blanks": ("a:\n  b: 1\n\tc: 1\n", "3:1: yaml: a tab indents this line", "blanks"),
    "elision between keys": (
        "a:\n  b: 1\n  ...\n  c: 1\n",
        "3:3: yaml: `...` stands for what is left out, and a manifest cannot leave anything out",
        "# ...",
    ),
    "elision of a value": (
        "a:\n  ...\nb: 1\n",
        "2:3: elision: '...' stands for what is left out, and a manifest cannot leave anything out",
        "remove",
    ),
    "elision at the margin": ("a: 1\n...\nb: 1\n", "2:1: yaml: `...` ends the document", "# ..."),
    "elision as an ellipsis": ("a:\n  b: 1\n  …\n  c: 1\n", "3:3: yaml: `...` stands for what is left", "# ..."),
    "elision of the end": (
        "a: 1\n...\n---\nb: 2\n...\nc: 3\n",
        "5:1: yaml: `...` ends the document: what",
        "# ...",
    ),
    "cut off": ("- a\n...\n- b\n", "2:1: yaml: `...` ends the document: what", "# ..."),
    "template": ("a: {{ b }}\n", "1:4: yaml: `{{` opens a mapping inside a mapping in YAML", "quotes"),
    "template of Helm": (
        "a: {{ .Values.b }}\n",
        "1:4: yaml: `{{` begins what Helm fills in: this is a template, no YAML",
        "helm template",
    ),
    "template of Helm, a line": (
        "{{- if .Values.b }}\na: 1\n{{- end }}\n",
        "1:1: yaml: `{{` begins what Helm fills in: this is a template, no YAML",
        "helm template",
    ),
    "template and text": (
        "a:\n  b: {{ c }}:1\n",
        "2:6: yaml: `{{` opens a mapping inside a mapping in YAML",
        "quotes",
    ),
    "no blank": ("a:\n  name:foo\n  b: 1\n", "2:8: yaml: no blank after the colon", "write `name: foo`"),
    "no blank at the end": ("a: 1\nname:foo\n", "2:6: yaml: no blank after the colon", "write `name: foo`"),
    "two values": ("a: b: c\n", "1:5: yaml: a second `: ` in one line", "quotes"),
    "deeper": (
        "a: x\n  b: c\n",
        "2:3: yaml: this key belongs to no mapping: the line before, 'a: x', is already a value",
        "indent",
    ),
    "between levels": ("a:\n   b: 1\n  c: 1\n", "3:3: yaml: 'c: 1' is indented like nothing above it", "indent"),
    "item between levels": ("a:\n  - b\n - c\n", "3:2: yaml: this list item belongs to no list", "indent"),
    "open quote": ('a: 1\nb: "foo\nc: 1\n', "2:4: yaml: the quote is never closed", "close"),
    "quote within": ("a: 'it's'\n", '1:8: yaml: "s\'" follows where the value has ended', "twice"),
    "at sign": ("a: @x\n", "1:4: yaml: a value cannot begin with '@'", "quotes"),
    "star": ("a: *.foo\n", "1:4: yaml: `*` begins an alias and `&` an anchor, and this is neither", "quotes"),
    "no anchor": ("a: *foo\n", "1:4: yaml: the alias '*foo' has no anchor '&foo' before it", ""),
    "itself": ("a: &x [1, *x]\n", "1:11: yaml: the value of '&x' contains itself", ""),
    "open list": ("a: [1, 2\nb: 1\n", "1:4: yaml: a list that `[` opens is not closed by `]`", ""),
    "list beside its key": ("a: - b\n", "1:4: yaml: a list cannot begin on the line of its key", "next line"),
    "escape": ('a: "\\d"\n', "1:5: yaml: an unknown escape in double quotes", "double"),
    "escape of JSON": (
        'a: 1\nb: "x\\\\\\/y"\n',
        "2:8: yaml: the escape `\\/` in double quotes is not known",
        "`/`",
    ),
    "control character": ("a: 1\nb: \x01\n", "2:4: yaml: the control character '\\x01' is not allowed", "remove"),
    "half a character": ("a: \ud83d\n", "1:4: yaml: the control character '\\ud83d' is not allowed", "remove"),
    "key without value": ("a\nb: 1\n", "2:1: yaml: this key belongs to no mapping", "indent"),
    "separator": ("a: 1\n--- b\nc: 1\n", "2:5: yaml: 'b' follows a `---`, where kubectl refuses it", "next line"),
    "four dashes": ("a: 1\n----\nc: 1\n", "2:4: yaml: '-' follows a `---`", "exactly three dashes"),
    "two dashes": ("a: 1\n--\nc: 1\n", "2:1: yaml: '--' is not a `key: value`", "exactly three dashes"),
    "indented separator": (
        "a: {b: 1}\n ---\nc: 1\n",
        "2:2: yaml: '---' is indented like nothing",
        "beginning of its line",
    ),
    "directive": ("%YAML 1.1\n---\na: 1\n", "1:1: yaml: `%YAML 1.1` is a directive", "remove the line"),
    "directive below a comment": (
        "# a\n%TAG ! a:\n---\na: 1\n",
        "2:1: yaml: `%TAG ! a:` is a directive",
        "remove",
    ),
    "directive of a second document": ("a: 1\n---\n%YAML 1.2\n---\nb: 1\n", "3:1: yaml: `%YAML 1.2` is", "remove"),
    "directive without a separator": ("%YAML 1.1\na: 1\n", "1:1: yaml: `%YAML 1.1` is a directive", "remove"),
    "Jinja": (
        "a: 1\n{% if x %}\nb: 2\n",
        "2:1: yaml: `{% if` is a statement of a template",
        "render the template",
    ),
    "no blank after a dash": ("a:\n  -b: 1\n   c: 2\n", "2:4: yaml: no blank after the dash", "write `- b: 1`"),
    "one brace too many": (
        '{"a": {"b": 1}}}\n',
        "1:16: yaml: '}' follows where the value has ended",
        "one `}` too many",
    ),
    "no JSON": ("a: .inf\n", "1:4: yaml: '.inf' is not a number that JSON could hold", "quotes"),
    "merge of text": ("a: &x 1\nb:\n  <<: *x\n", "3:7: yaml: what `<<` merges is not a mapping", "anchor"),
    "list as a key": ("a:\n  [b]: 1\n", "2:3: yaml: a key is a mapping or a list, not text", "quotes"),
}


@pytest.mark.parametrize("name", MISTAKES)
def test_no_yaml_says_where_and_what_to_do(name: str) -> None:
    text, expected, word = MISTAKES[name]
    found = said(text)
    assert len(found) == 1
    assert found[0].startswith(expected)
    assert word in next(p for d in read(text, "a.yaml") for p in d.errors).hint


def test_text_after_an_end_mark_is_not_silently_dropped() -> None:
    assert said("a: 1\n...\nb: 2\n") == ["2:1: yaml: `...` ends the document: what follows is not read"]
    assert said("a: 1\n...\n# nothing more\n") == []


def test_duplicate_keys_are_all_reported_and_the_last_counts() -> None:
    text = "a: {x: 1}\nb: 1\na: {w: 2, 'w': 3}\n? a\n: 4\n"
    assert said(text) == [
        "3:1: duplicate-key: the key 'a' is given twice, first at a.yaml:1:1",
        "3:11: duplicate-key: the key 'w' is given twice, first at a.yaml:3:5",
        "4:3: duplicate-key: the key 'a' is given twice, first at a.yaml:3:1",
    ]
    document = one(text)
    assert document.value == {"a": 4, "b": 1}
    assert ("a", "x") not in document.keys
    assert [error.path for error in document.errors] == [("a",), ("a", "w"), ("a",)]


def test_keys_that_become_equal_are_duplicates() -> None:
    assert said("1: a\n'1': b\n0x1: c\n")[2:] == [
        "3:1: duplicate-key: the key '1' is given twice, first at a.yaml:2:1"
    ]


def test_a_merge_takes_keys_over() -> None:
    text = "base: &b {x: 1, v: [2]}\nnew:\n  <<: *b\n  z: 3\nboth:\n  <<: [*b, {w: 4}]\n"
    document = one(text)
    assert document.errors == ()
    assert document.value["new"] == {"x": 1, "v": [2], "z": 3}
    assert document.value["both"] == {"w": 4, "x": 1, "v": [2]}
    assert str(document.keys["new", "x"]) == "a.yaml:1:11"
    assert_keys_are_there(document, text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("b: &b {x: 1, w: 0}\nm:\n  <<: *b\n  x: 2\n", {"x": 2, "w": 0}),
        ("m:\n  <<: [{x: 1}, {x: 2, w: 0}]\n", {"x": 1, "w": 0}),
        ("b: &b {x: 1}\nc: &c {<<: *b, x: 2}\nm: {<<: *c, x: 3}\n", {"x": 3}),
        ("b: &b {x: {z: 1}}\nm:\n  <<: *b\n  x: {w: 2}\n", {"x": {"w": 2}}),
    ],
)
def test_a_key_may_replace_what_a_merge_brought(text: str, value: Any) -> None:
    document = one(text)
    assert document.errors == ()
    assert document.value["m"] == value
    assert ("m", "x", "z") not in document.keys
    assert_keys_are_there(document, text)


@pytest.mark.parametrize(
    ("text", "value", "error"),
    [
        ("b: &b {x: 1}\nm:\n  x: 2\n  <<: *b\n", 1, "4:3: duplicate-key: `<<` brings the key 'x', which is given"),
        ("m:\n  <<: {x: 1}\n  <<: {x: 2}\n", 2, "3:3: duplicate-key: `<<` brings the key 'x', which is given"),
        ("m:\n  <<: {x: 1}\n  x: 2\n  x: 3\n", 3, "4:3: duplicate-key: the key 'x' is given twice"),
    ],
)
def test_a_merge_that_replaces_a_key_is_a_mistake(text: str, value: int, error: str) -> None:
    """Kubectl takes what the merge brings, where YAML keeps the key's own value."""
    assert one(text).value["m"] == {"x": value}
    assert [found[: len(error)] for found in said(text)] == [error]


def test_a_manifest_without_its_separator_is_told_of_it() -> None:
    text = "apiVersion: v1\nkind: A\nspec: {kind: 1, kind: 2}\nkind: B\n"
    hints = [error.hint for error in one(text).errors]
    assert ["`---`" in hint for hint in hints] == [False, True]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("on: 1\n", ["1:1: key-read: the key `on` is read as 'true'"]),
        ("1.50: 1\n", ["1:1: key-read: the key `1.50` is read as '1.5'"]),
        ("0x10: 1\n", ["1:1: key-read: the key `0x10` is read as '16'"]),
        ("'on': 1\n1: 2\ntrue: 3\n", []),
        ("a: !vault x\n", ["1:4: tag-dropped: Kubernetes drops the tag `!vault` and takes 'x' as it is written"]),
        (
            "a: !important\n",
            ["1:4: tag-dropped: Kubernetes drops the tag `!important` and takes '' as it is written"],
        ),
        ("a: !!str 1\nb: ! 2\nc: !!binary aGk=\nd: '!x'\n", []),
    ],
)
def test_what_is_read_in_another_way_than_it_is_written_gets_advice(text: str, told: list[str]) -> None:
    document = one(text)
    assert [error.stage for error in document.errors] == [Stage.ADVICE] * len(told)
    found = [(position_of(document, error), error) for error in document.errors]
    assert [f"{at.line}:{at.column}: {error.code}: {error.fact}" for at, error in found] == told


def test_an_alias_stands_where_it_is_written_and_its_parts_where_the_anchor_is() -> None:
    document = one("a: &x {b: 1}\nc: *x\nd: &x 2\n*x : 3\n")
    assert document.value == {"a": {"b": 1}, "c": {"b": 1}, "d": 2, "2": 3}
    assert str(document.values["c",]) == "a.yaml:2:4"
    assert str(document.values["c", "b"]) == "a.yaml:1:11"


def laughs(names: str) -> str:
    """Each name's value is nine of the one before."""
    text = "a: &a [x, x, x, x, x, x, x, x, x]\n"
    for before, name in itertools.pairwise(names):
        text += f"{name}: &{name} [{', '.join([f'*{before}'] * 9)}]\n"
    return text


def test_billion_laughs_are_bounded() -> None:
    """Ten times nine make billions of values; the work is that of five, and of twenty."""
    letters = "abcdefghijklmnopqrst"
    few, many = (calls(partial(said, laughs(letters[:size])), most=100_000) for size in (5, 20))
    assert many < 1.5 * few
    assert said(laughs(letters[:10])) == ["1:8: yaml: aliases make far too many values of a few"]


@pytest.mark.parametrize("level", ["[", "- ", "{a: ", '{"a":', "&a [*a, "])
def test_depth_is_bounded(level: str) -> None:
    """What is deeper than the bound is not read."""
    deep, deeper = (calls(partial(said, level * depth), most=100_000) for depth in (1000, 50_000))
    assert deeper <= deep
    assert "more than 200 levels deep" in said(level * 50_000)[0]


def test_json_is_read_as_json() -> None:
    text = (
        '{\n\t"a": [1, 1.0, 1e3, 12345678901234567890, "\\/\\ud83d\\ude00", null, true],\n'
        '\t"b": {"c": {}}\n}\n{"d": []}\n'
    )
    first, second = read(text, "a.json")
    assert first.value == {"a": [1, 1.0, 1e3, 12345678901234567890.0, "/😀", None, True], "b": {"c": {}}}
    assert [type(item) for item in first.value["a"][:4]] == [int, float, float, float]
    assert_keys_are_there(first, text)
    assert_keys_are_there(second, text)
    assert str(first.values["a", 1]) == "a.json:2:11"
    assert str(second.position) == "a.json:5:1"


def test_json_with_comments_is_yaml_elsewhere_and_a_mistake_in_a_json_file() -> None:
    text = '{\n  "a": 1, # one\n}\n'
    assert one(text).value == {"a": 1}
    assert said(text, "a.json") == ["2:11: yaml: no JSON: a key in double quotes is expected"]
    assert read(text, "a.json")[0].errors[0].hint == "JSON has no comments"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('{"a": 1,}', "1:9: yaml: no JSON: a key in double quotes is expected"),
        ('{"a": [1,]}', "1:10: yaml: no JSON: a value is expected, not ']'"),
        ('{"a" 1}', "1:6: yaml: no JSON: ':' is expected"),
        ('{"a": 1', "1:8: yaml: no JSON: ',' or '}' is expected"),
        ('{"a": 01}', "1:8: yaml: no JSON: ',' or '}' is expected"),
        ('{"a": "\n"}', "1:8: yaml: no JSON: invalid control character at"),
        ('{"a": 1e999}', "1:7: yaml: 1e999 is beyond what a number may be"),
        ('{"a": 1,\n "a": 2}', "2:2: duplicate-key: the key 'a' is given twice, first at a.json:1:2"),
    ],
)
def test_mistakes_of_json(text: str, expected: str) -> None:
    assert said(text, "a.json") == [expected]


def test_a_list_is_expanded_and_its_items_keep_their_places() -> None:
    text = "kind: List\napiVersion: v1\nitems:\n- kind: A\n  x: {w: 1}\n- kind: B\n  z: 1\n  z: 2\n"
    first, second = expand(one(text))
    assert (first.within, second.within) == (("items", 0), ("items", 1))
    assert first.value == {"kind": "A", "x": {"w": 1}}
    assert str(first.position) == "a.yaml:4:3"
    assert str(locate(first, ("x", "w"))) == "a.yaml:5:10"
    assert str(second.keys["z",]) == "a.yaml:8:3"
    assert [error.path for error in second.errors] == [("z",)]
    assert str(position_of(second, second.errors[0])) == "a.yaml:8:3"
    assert first.errors == ()


def test_items_of_a_typed_list_take_its_kind() -> None:
    text = "kind: SecretList\napiVersion: v1\nitems: [{metadata: {name: a}}, {kind: Pod}]\n"
    assert [item.value for item in expand(one(text))] == [
        {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "a"}},
        {"kind": "Pod"},
    ]


def test_mistakes_of_a_list_itself_are_kept() -> None:
    text = "kind: List\nkind: List\nitems: [{a: 1}]\n"
    own, item = expand(one(text))
    assert own.value is None
    assert [error.code for error in own.errors] == ["duplicate-key"]
    assert item.value == {"a": 1}
    assert [d.value for d in expand(one("items: 1\n"))] == [{"items": 1}]


def test_locate_falls_back_to_the_nearest_key() -> None:
    document = one(MANIFEST)
    assert str(locate(document, ("spec", "components", 1, "replicas"))) == "a.yaml:10:7"
    assert str(locate(document, ("metadata", "name"), at_key=True)) == "a.yaml:4:3"
    assert str(locate(document, ("nothing",))) == "a.yaml:1:1"


def test_reading_with_places_is_far_from_the_cost_of_a_reader_in_python() -> None:
    """libyaml's events are what is read, and little is added to them."""
    lines = [f"  key{n}: {{name: value-{n}, count: {n}, list: [a, b]}}" for n in range(59)]
    text = "\n".join(["spec:", *lines]) + "\n"
    ours, pythons = least_seconds(
        lambda: [read(text, "a.yaml") for _ in range(10)],
        lambda: [yaml.load(text, Loader=yaml.SafeLoader) for _ in range(10)],
    )
    assert ours < pythons / 2, "a seventh on an idle machine"


def test_a_text_of_two_thousand_documents_is_not_searched_for_each_of_them() -> None:
    """Eight times as many documents take eight times as long; searched for each, they would take 64 times."""

    data = "x" * 100
    documents = [f"kind: ConfigMap\nmetadata: {{name: c{n}}}\ndata: {{k: {data}}}\n" for n in range(2000)]
    few, many = "---\n".join(documents[:250]), "---\n".join(documents)
    assert len(read(many, "a.yaml")) == 2000
    one, eight = least_seconds(lambda: read(few, "a.yaml"), lambda: read(many, "a.yaml"), rounds=3)
    assert eight < 20 * one


def test_places_are_a_mapping() -> None:
    document = one("a: {b: 1}\n")
    assert list(document.keys) == [("a",), ("a", "b")]
    assert len(document.values) == 3
    assert dict(document.keys)["a",] == Position("a.yaml", 1, 1)
