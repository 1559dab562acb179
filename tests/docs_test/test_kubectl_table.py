"""kubectl's table is that of the pinned kubectl; a command line is taken apart as kubectl does."""

from __future__ import annotations

import json

import pytest

from docs_test.known.objects import matches
from docs_test.kubectl import jsonpath
from docs_test.kubectl.__main__ import main
from docs_test.kubectl.__main__ import text as written
from docs_test.kubectl.generate import command
from docs_test.kubectl.generate import table as made
from docs_test.kubectl.invocation import Invocation, invocation
from docs_test.kubectl.resources import Types
from docs_test.kubectl.table import FILE, table
from docs_test.kubectl.targets import targets
from docs_test.shellcode.commands import read
from groundwork.base.versions import version
from support.pinned_kubectl import pinned_kubectl


def test_the_table_is_of_the_pinned_version() -> None:
    assert table().version == version("kubernetes.version")


@pytest.mark.parametrize("name", ["delete", "rollout", "wait"])
def test_commands_are_what_the_pinned_kubectl_says(name: str) -> None:
    kept = json.loads(FILE.read_text(encoding="utf-8"))["commands"][name]
    assert command(pinned_kubectl(), name) == kept


@pytest.mark.soak(part="loop")
def test_the_table_is_what_the_pinned_kubectl_says() -> None:
    kubectl = pinned_kubectl()
    kept = json.loads(FILE.read_text(encoding="utf-8"))
    assert written(made(kubectl, kept["resources"])) == FILE.read_text(encoding="utf-8"), (
        f"write it anew: python -m docs_test.kubectl {kubectl}"
    )


def test_without_a_program_the_usage_is_printed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main([]) == 2
    assert "python -m docs_test.kubectl KUBECTL" in capsys.readouterr().err


def call(code: str) -> Invocation:
    (command,) = read(code).commands
    found = invocation(command, {})
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("code", "path", "flags", "words"),
    [
        ("kubectl get pods -nfoo -o wide", ("get",), {"namespace": "foo", "output": "wide"}, ["pods"]),
        ("kubectl -n foo get --output=wide pods", ("get",), {"namespace": "foo", "output": "wide"}, ["pods"]),
        ("kubectl get -w pods", ("get",), {"watch": None}, ["pods"]),
        ("kubectl get -Ao name pods", ("get",), {"all-namespaces": None, "output": "name"}, ["pods"]),
        ("kubectl apply --dry-run -f x", ("apply",), {"dry-run": None, "filename": "x"}, []),
        ("kubectl rollout status deploy/x", ("rollout", "status"), {}, ["deploy/x"]),
        ("kubectl top po x", ("top", "pod"), {}, ["x"]),
        ("kubectl exec x -c y -- ls -l --no", ("exec",), {"container": "y"}, ["x"]),
        ("sudo -u root kubectl get pods", ("get",), {}, ["pods"]),
        ("A=1 timeout -k 3 5 ./kubectl get pods", ("get",), {}, ["pods"]),
        ("env A=1 kubectl get 'po'ds", ("get",), {}, ["pods"]),
    ],
)
def test_flags_and_words(code: str, path: tuple[str, ...], flags: dict[str, str | None], words: list[str]) -> None:
    found = call(code)
    assert found.path == path
    assert {one.flag.name: one.value and one.value.text for one in found.flags} == flags
    assert [word.text for word in found.words] == words
    assert found.strays == ()


@pytest.mark.parametrize("code", ["echo kubectl get", "mykubectl get pods", "sudo ls", "kubectl-dynamo x", "X=1"])
def test_other_commands_are_no_kubectl(code: str) -> None:
    assert [found for one in read(code).commands if (found := invocation(one, {}))] == []


@pytest.mark.parametrize(
    ("code", "objects"),
    [
        ("kubectl get pods,svc", [("pods", None), ("services", None)]),
        ("kubectl get deploy/a svc/b", [("deployments", "a"), ("services", "b")]),
        ("kubectl delete pod a b", [("pods", "a"), ("pods", "b")]),
        ("kubectl logs job/x -c y", [("jobs", "x")]),
        ("kubectl logs x y", [("pods", "x")]),
        ("kubectl label node x a=b c-", [("nodes", "x")]),
        ("kubectl port-forward svc/x 80:80", [("services", "x")]),
        ("kubectl events --for deploy/x", [("deployments", "x")]),
        ("kubectl rollout status sts/x", [("statefulsets", "x")]),
        ("kubectl set env deploy/x A=b", [("deployments", "x")]),
        ("kubectl cordon x", [("nodes", "x")]),
        ("kubectl delete -f x.yaml", []),
        ("kubectl get $TYPE x", []),
    ],
)
def test_objects_that_a_command_names(code: str, objects: list[tuple[str, str | None]]) -> None:
    found = targets(call(code), Types())
    assert [(one.resource and one.resource.plural, one.name and one.name.text) for one in found] == objects


@pytest.mark.parametrize(
    ("template", "paths"),
    [
        ("{.items[*].metadata.name}", ["items [] metadata name"]),
        ("{range .items[*]}{.a}{'\\n'}{end}{.kind}", ["items []", "0: a", "kind"]),
        ("{.a[?(@.type=='x.y')].b}", ["a [] type", "a [] b"]),
        ("{.metadata.labels.nvidia\\.com/gpu}", ["metadata labels nvidia.com/gpu"]),
        ("{.metadata.labels['a\\.b/c']}", ["metadata labels a.b/c"]),
        ("{..name} and {$.a} {@}", [".. name", "a", ""]),
        ('plain text, {"quoted {.a}"}', []),
        ("{.a", ["a"]),
        ("{.a[", ["a"]),
        ("{range", [""]),
    ],
)  # fmt: skip
def test_paths_of_a_template(template: str, paths: list[str]) -> None:
    found = jsonpath.template(template)
    shown = [
        (f"{one.base}: " if one.base >= 0 else "") + " ".join(step.name for step in one.steps) for one in found
    ]
    assert shown == paths
    for one in found:
        for step in one.steps:
            if step.name.isalpha():
                assert template[step.at :].startswith(step.name)


@pytest.mark.parametrize(
    ("name", "pattern", "fits"),
    [
        ("a", "a", True),
        ("ab", "a", False),
        ("a-b", "a-*", True),
        ("a-", "a-*", True),
        ("a", "a-*", False),
        ("a-b-c", "a-*-*", True),
        ("a-b", "a-*-*", False),
        ("aa", "a*a", True),
        ("a", "a*a", False),
        ("anything", "*", True),
        ("x-b-y-c", "*b*c", True),
        ("x-c-y-b", "*b*c", False),
    ],
)
def test_names_fit_patterns(name: str, pattern: str, fits: bool) -> None:  # noqa: FBT001
    assert matches(name, pattern) is fits
