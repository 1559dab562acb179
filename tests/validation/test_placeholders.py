"""Placeholders have samples or are mistakes; what stands beside them keeps its place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dynamo_crd.admission.rule import RELEASES
from dynamo_crd.dynamo_rules import DynamoRules
from dynamo_crd.schemas import release_schemas
from groundwork.base.positions import Position
from groundwork.text.documents import position_of, read
from groundwork.text.origins import Origin
from kube_manifests.check import Item, Validator

if TYPE_CHECKING:
    from groundwork.text.model import Document


def one(text: str, file: str = "a.yaml", **samples: str) -> Document:
    documents = read(text, file, samples=samples)
    assert len(documents) == 1
    return documents[0]


def said(document: Document) -> list[str]:
    return [f"{position_of(document, p)}: {p.code}: {p.fact} ({p.hint})" for p in document.errors]


TEXT = "metadata: {namespace: <your-namespace>, name: '${NAME}', labels: {a: b}}\nimage: x/$NAME:1 # <not this>\n"


def test_declared_ones_are_replaced_and_columns_stay() -> None:
    document = one(TEXT, **{"your-namespace": "default", "NAME": "a-much-longer-name"})
    assert document.errors == ()
    assert document.value == {
        "metadata": {"namespace": "default", "name": "a-much-longer-name", "labels": {"a": "b"}},
        "image": "x/a-much-longer-name:1",
    }
    line = TEXT.split("\n", maxsplit=1)[0]
    for key in ("namespace", "name", "labels"):
        place = document.keys["metadata", key]
        assert (
            place.column
            == line.index(f" {key}:" if key != "namespace" else "namespace:") + (key != "namespace") + 1
        )
    assert document.keys["metadata", "labels", "a"].column == line.index("a: b") + 1
    assert document.values["metadata", "namespace"].column == line.index("<your") + 1


def test_undeclared_ones_are_mistakes_and_say_how_to_declare_them() -> None:
    expected = (
        "a.yaml:1:23: placeholder: '<your-namespace>' looks like a placeholder, and none is declared "
        "(declare it with a sample value to validate with: # placeholders: your-namespace=SAMPLE)"
    )
    assert said(one(TEXT, NAME="x")) == [expected]
    assert said(one("a: $NAME\n", "docs/a.md"))[0].endswith("placeholders: {NAME: SAMPLE}, in the front matter)")
    assert [p.path for p in one("<a>: ${B}\n").errors] == [("<a>",), ("<a>",)]
    assert [p.at_key for p in one("<a>: ${B}\n").errors] == [True, False]


def test_a_sample_has_the_type_it_is_written_in() -> None:
    assert one("port: <port>\n", port="8000").value == {"port": 8000}


def test_a_file_declares_its_own() -> None:
    comments = "# placeholders: your-namespace=default, NAME='b c'\n#placeholders: IMAGE=x\n"
    document = one(f"{comments}a: [<your-namespace>, $NAME, ${{IMAGE}}]\n")
    assert document.value == {"a": ["default", "b c", "x"]}
    assert document.errors == ()


HELM = "`{{` begins what Helm fills in: this is a template, not a manifest"


@pytest.mark.parametrize(
    "text",
    [
        '"{{ .Values.image }}"',
        "'{{- .Release.Name }}-web'",
        '"{{ $.Chart.Version }}"',
        """'{{ include "a.name" . }}'""",
        '"{{ default 1 .Values.replicas }}"',
        '"{{ printf (quote .Values.a) }}"',
        '"{{toYaml .Values.a}}"',
    ],
)
def test_what_helm_fills_in_is_no_value(text: str) -> None:
    assert [(p.code, p.fact) for p in one(f"a: {text}\n").errors] == [("placeholder", HELM)]
    assert "helm template" in one(f"a: {text}\n").errors[0].hint


@pytest.mark.parametrize(
    "text",
    ["{{ $labels.instance }}", "{{inputs.parameters.a}}", "{{.State.Status}}", "{{ values }}", "{{ messages }}"],
)
def test_braces_of_others_are_text(text: str) -> None:
    assert one(f"a: '{text}'\n").errors == ()


def test_a_template_is_told_once() -> None:
    text = """
apiVersion: v1
kind: Service
metadata: {name: "{{ .Release.Name }}", labels: {a: "{{ .Chart.Name }}"}}
spec: {ports: [{port: "{{ .Values.port }}"}]}
"""
    validator = Validator(release_schemas.of_release(), DynamoRules(RELEASES[-1]))
    found = validator.check(map(Item, read(text, "a.yaml")))
    assert [f"{p.position}: {p.fact}" for p in found] == [f"a.yaml:4:18: {HELM} (it stands in 2 more places)"]


@pytest.mark.parametrize(
    "text",
    [
        "command: [sh, -c]\nargs: ['echo $HOME <in >out']\n",
        "command: [/bin/bash, -c, 'echo ${HOME}']\n",
        'data: {run.sh: "a\\n$B <c>\\n"}\n',
        "description: give <name> and $WHAT\n",
        "args: [$(POD_IP), $$, $1, a<b, 'a < b > c', $]\n",
        "a: b # ${COMMENT} <comment> ...\n",
        "a: ${}\nb: <>\nc: <|x|>\n",
    ],
)
def test_what_is_no_placeholder(text: str) -> None:
    assert said(one(text)) == []


@pytest.mark.parametrize("text", ["args: ['--x', $HOME]\n", "command: [python3, <file>]\n", "args: $HOME\n"])
def test_without_a_shell_nobody_expands_arguments(text: str) -> None:
    assert [problem.code for problem in one(text).errors] == ["placeholder"]


def test_an_elided_value_is_a_mistake() -> None:
    assert [(p.code, p.path) for p in one("a: ...\nb: [x, …]\nc: x...\n").errors] == [
        ("elision", ("a",)),
        ("elision", ("b", 1)),
    ]


def test_samples_in_lines_that_a_page_moved() -> None:
    lines = [
        Origin(Position("docs/a.md", 9, 5, via=(Position("docs/b.md", 3),))),
        Origin(Position("docs/a.md", 10, 7)),
    ]
    (document,) = read("a: {b: <c>, d: 1}\n", "docs/b.md", lines=lines, samples={"c": "longer"})
    assert str(document.keys["a", "d"]) == "docs/a.md:9:17"
    assert document.keys["a", "d"].via == (Position("docs/b.md", 3),)
    (document,) = read("a: 1\na: 2\n", "docs/b.md", lines=lines)
    assert [str(position_of(document, p)) for p in document.errors] == ["docs/a.md:10:7"]
    assert position_of(document, document.errors[0]).via == ()


@pytest.mark.parametrize(
    ("text", "at"),
    [
        ("metadata: {name: ${NAME}}\n", "1:18"),
        ("list: [a, ${B:-c}]\n", "1:11"),
        ("a: b\n<the rest>\n", "2:1"),
    ],
)
def test_one_for_which_a_text_is_no_yaml_is_the_mistake(text: str, at: str) -> None:
    document = one(text)
    assert [f"{position_of(document, p)}: {p.code}" for p in document.errors] == [f"a.yaml:{at}: placeholder"]


def test_other_mistakes_of_a_line_with_one_stay() -> None:
    assert [p.code for p in one("a: b: <c>\n").errors] == ["yaml"]


@pytest.mark.parametrize(
    "text", ["${A:-b}", "${A:=b}", "${A-b}", "${A:?b}", "${A%/*}", "${A#*/}", "${A/b/c}", "${A:0:2}"]
)
def test_a_default_does_not_fill_one_in(text: str) -> None:
    assert [p.code for p in one(f"a: '{text}'\n").errors] == ["placeholder"]
    assert one(f"a: '{text}'\n", A="x").value == {"a": "x"}
