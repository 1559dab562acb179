"""Every tutorial, broken on purpose: lint, the validator and a run name the file and the line, and say why."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from docs_test.cli.main import main
from docs_test.clusters.namespaces import ALLOW
from groundwork.base.errors import ExitStatus
from groundwork.base.paths import root
from support.breakages import (
    Breakage,
    break_file,
    break_page,
    check_words,
    named_lines,
    objects,
    on_own_ports,
    run_docs_test,
)
from support.processes import with_environment

if TYPE_CHECKING:
    from kind_cluster.kind import Cluster

SET_UP = "docs/kubernetes/quick-deploy.md"
CHANGE = "docs/kubernetes/change.md"
EXPOSE = "docs/kubernetes/expose.md"
MEASURE = "docs/kubernetes/measure.md"
REVIEW = "docs/kubernetes/review-before-deploying.md"
TRY = "docs/kubernetes/try-without-gpus.md"
BY_HAND = "docs/planner/by-hand.md"
SLA = "docs/planner/sla-planner-quickstart.md"
NEW = (CHANGE, EXPOSE, MEASURE, REVIEW, TRY, BY_HAND, SLA)
TUTORIALS = tuple(
    str(file.relative_to(root()))
    for file in sorted(root().glob("docs/**/*.md"))
    if re.match(r"---\n(?:.+\n)*?kind: tutorial\n", file.read_text(encoding="utf-8"))
)

WRONG = (
    ("kubectl gett pods", "has no 'gett'"),
    ("kubectl get pods --no-such-flag", "--no-such-flag"),
    ('kubectl get pods "$NOT_SET"', "nothing sets the variable 'NOT_SET'"),
    ("kubectl get pods -o jsonpath='{.items[*].spec.nodName}'", "nodName"),
    ("kubectl wait --for=condtion=Ready pod --all", "condtion"),
    ("kubectl get dgd no-such-graph", "no-such-graph"),
)
"""Commands, and what lint says of each, whatever the page is about."""


def test_the_new_tutorials_are_among_all() -> None:
    assert {*NEW} <= {*TUTORIALS}


@pytest.mark.parametrize("page", TUTORIALS)
def test_lint_names_each_wrong_line_of_a_tutorial(
    page: str, copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a cluster: each wrong command is at the end of the page's first step that must succeed."""
    lines = (copy / page).read_text().splitlines()
    opened = next(
        number for number, line in enumerate(lines) if re.match(r" *```bash \{ \.run(?!.*data-exit)", line)
    )
    closed = next(number for number in range(opened + 1, len(lines)) if lines[number].strip() == "```")
    indent = lines[opened][: lines[opened].index("`")]
    lines[closed:closed] = [f"{indent}{command}" for command, _ in WRONG]
    (copy / page).write_text("\n".join([*lines, ""]))

    assert main(["lint", "--root", str(copy), page]) in {ExitStatus.FAILED, ExitStatus.USAGE}

    output = "".join(capsys.readouterr())
    for number, (_, said) in enumerate(WRONG, closed + 1):
        if page == TRY and said == "no-such-graph":
            continue  # It shows `./nox`, and such a program may make any object.
        assert any(line.startswith(f"{page}:{number}:") and said in line for line in output.splitlines()), output
    assert "Traceback" not in output


ONE_PAGE = (
    (
        EXPOSE,
        "deployment/quickstart-proxy --timeout",
        "deployment/quickstart-prox --timeout",
        "",
        "quickstart-prox",
    ),
    (EXPOSE, "service/quickstart-proxy 8443:443", "service/quickstart-proxy 9443:443", "", "9443"),
    (EXPOSE, "proxy: caddy", "proxy: cady", "", "cady"),
    (
        TRY,
        "kubectl wait --for=condition=Ready dgd/mocker-agg --timeout=5m",
        "true",
        "port-forward",
        "no step waits",
    ),
    (TRY, 'mocker/deploy/agg-v1beta1.yaml" }', 'mocker/deploy/agg-v1beta.yaml" }', "", "agg-v1beta.yaml"),
    (CHANGE, 'data-exit="1" }\nkubectl diff', 'data-exit="one" }\nkubectl diff', 'data-exit="one"', "one"),
    (CHANGE, "delete dgd quickstart", "get dgd", "kubectl apply -f dgd-quickstart.yaml", "no clean-up removes"),
    (REVIEW, "'{.status.phase}'=Ready", "'{.status.phase}'=Pending", "", "Pending"),
    (MEASURE, "localhost:9090/-/ready", "localhost:9091/-/ready", "", "9091"),
    (BY_HAND, "Complete job/planner-load", "Complete job/planner-loud", "", "planner-loud"),
    (SLA, 'data-timeout="31m" }', 'data-timeuot="31m" }', "", "data-timeuot"),
)
"""Page, text and what takes its place, a part of the line that is named ("": the new text), what is said."""


@pytest.mark.parametrize("mistake", ONE_PAGE, ids=lambda one: f"{Path(one[0]).stem} {one[4]}")
def test_lint_names_the_line(mistake: tuple[str, ...], copy: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """What is wrong with one page alone: names, waits, roles, clean-up."""
    page, old, new, named, said = mistake
    break_file(copy, page, (old, new))
    lines = (copy / page).read_text().splitlines()
    assert main(["lint", "--root", str(copy), page]) in {ExitStatus.FAILED, ExitStatus.USAGE}
    output = "".join(capsys.readouterr())
    at = [lines[number - 1] for number in named_lines(output, page)]
    assert any((named or new) in line for line in at), output
    assert said in output
    assert "Traceback" not in output


MANIFESTS = (
    ("expose/network-policy.yaml", "policyTypes: [Ingress]", "policyType: [Ingress]", "policyTypes"),
    ("expose/proxy.yaml", "containerPort: ", "containersPort: ", "containerPort"),
    ("expose/gpu-quota.yaml", "hard:", "hart:", "hard"),
    ("expose/roles.yaml", "verbs: [", "verb: [", "verbs"),
    ("backends/mocker/deploy/agg-v1beta1.yaml", "podTemplate:", "podTemplat:", "podTemplate"),
    ("planner/dgd-planner-v1beta1.yaml", "type: prefill", "type: prefil", "prefill"),
    ("planner/dgdr-planner-v1beta1.yaml", "itl: 10", "itll: 10", "itl"),
    ("planner/load-job.yaml", "backoffLimit", "backofLimit", "backoffLimit"),
    ("planner/load-job-dgd.yaml", "backoffLimit", "backofLimit", "backoffLimit"),
    ("quickstart/dgdr-minimal-v1beta1.yaml", "totalGpus", "totalGPUs", "totalGpus"),
    ("quickstart/dgd-quickstart-v1beta1.yaml", "replicas: 1", "replica: 1", "replicas"),
    ("quickstart/dgd-quickstart.yaml", "extraPodSpec", "extraPodSpecs", "extraPodSpec"),
)
"""Every manifest of the new tutorials: file, text and what takes its place, what was meant."""


@pytest.mark.parametrize("mistake", MANIFESTS, ids=lambda one: one[0])
def test_the_validator_names_the_line_of_a_manifest(
    mistake: tuple[str, ...], copy: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file, old, new, meant = mistake
    path = f"examples/{file}"
    lines = break_file(copy, path, (old, new))
    assert main(["validate", str(copy / path)]) == ExitStatus.FAILED
    output = "".join(capsys.readouterr())
    assert set(named_lines(output, str(copy / path))) & set(lines), output
    assert f"did you mean '{meant}'?" in output


def test_every_manifest_of_the_new_tutorials_is_broken() -> None:
    pages = [(root() / page).read_text() for page in NEW]
    used = {file for page in pages for file in re.findall(r'data-from="examples/(\S+\.yaml)"', page)}
    assert used == {file for file, *_ in MANIFESTS}


PORTS = (8000, 8080, 8443, 9085, 9090)
"""Ports of this machine that the tutorials name."""
CLUSTER_OF_EXPOSE = {"kind": "DaemonSet", "metadata": {"name": "kindnet", "namespace": "kube-system"}}
CLUSTER_OF_PLANNER = {
    "kind": "Service",
    "metadata": {
        "name": "prometheus-kube-prometheus-prometheus",
        "namespace": "monitoring",
        "labels": {"app": "kube-prometheus-stack-prometheus"},
    },
}
"""What a network that enforces NetworkPolicies, and a Prometheus, are known by."""
ON_A_FAKE = yaml.safe_load(Path(__file__).with_name("broken_tutorials.yaml").read_text(encoding="utf-8"))


def test_each_new_tutorial_is_broken_on_the_fake() -> None:
    assert {one["file"] for one in ON_A_FAKE.values()} == {*NEW}


@pytest.mark.parametrize("name", ON_A_FAKE)
def test_a_run_names_the_line(
    name: str, fake: Path, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    given = ON_A_FAKE[name]
    page = given["file"]
    breakage = Breakage(**given | {"place": page, "answers": json.dumps(given.get("answers", []))})
    break_page(copy, breakage)
    for other in (page, SET_UP):
        on_own_ports(copy, other, *PORTS)
    items = {"items": [CLUSTER_OF_EXPOSE, CLUSTER_OF_PLANNER]}
    fake.with_name("deployments.apps,daemonsets.apps,services").write_text(json.dumps(items))
    for file in ("faults", "answers"):
        if content := getattr(breakage, file):
            fake.with_name(file).write_text(content)

    # The sandbox hides the caller's folders, where what stands in for programs lies.
    words = ["--root", str(copy), "--kubeconfig", str(fake), "--no-sandbox"]
    status = main(["run", *words, *(["--when", "api=v1beta1"] if page == CHANGE else []), page])

    output = "".join(capsys.readouterr())
    assert status == ExitStatus.FAILED, output
    check_words(copy, breakage, output)
    assert fake.read_text() == ""
    assert list((tmp_path / "temporary").iterdir()) == []
    assert with_environment(str(tmp_path)) == []


IN_A_CLUSTER = (
    Breakage(
        CHANGE,
        (("kubectl apply -f dgd-quickstart.yaml", "kubectl apply --filename-of dgd-quickstart.yaml"),),
        "kubectl apply --filename-of",
        ("unknown flag: --filename-of", "status 1"),
        "--help lists its flags",
        place=CHANGE,
    ),
    Breakage(
        TRY,
        (("kubectl apply -f mocker.yaml", "kubectl apply -f mocker.yml"),),
        "kubectl apply -f mocker.yml",
        ('the path "mocker.yml" does not exist', "status 1"),
        "save it in an earlier `.file` fence",
        place=TRY,
    ),
    Breakage(
        "examples/quickstart/dgdr-minimal-v1beta1.yaml",
        (("totalGpus:", "totalGPUs:"),),
        "kubectl patch -f dgdr-minimal.yaml",
        ('unknown field "spec.hardware.totalGPUs"',),
        "spec.hardware.totalGPUs is at examples/quickstart/dgdr-minimal-v1beta1.yaml:",
        place=REVIEW,
    ),
    Breakage(
        "examples/planner/dgd-planner-v1beta1.yaml",
        (("type: prefill", "type: prefil"),),
        "kubectl apply -f dgd-planner.yaml",
        ('Unsupported value: "prefil"', "supported values"),
        ".type is at examples/planner/dgd-planner-v1beta1.yaml:",
        place=BY_HAND,
    ),
)
"""Of tutorials that the shared cluster can run, an early step: two wrong commands, two wrong manifests."""
ENDLESS = (
    Breakage(
        "examples/backends/mocker/deploy/agg-v1beta1.yaml",
        (("ai-dynamo/dynamo-planner:", "ai-dynamo/no-such-image:"),),
        "kubectl wait --for=condition=Ready dgd/mocker-agg",
        ("timed out waiting for the condition on dynamographdeployments/mocker-agg", "Pending"),
        "look at the Pods and events",
        place=TRY,
    ),
)
"""A wait that cannot end: an image cannot be pulled. It takes most of a minute until the Pods are gone."""


@pytest.mark.cluster
@pytest.mark.parametrize(
    "breakages",
    [IN_A_CLUSTER, pytest.param(ENDLESS, marks=pytest.mark.soak(part="live"))],
    ids=["early steps", "endless wait"],
)
def test_broken_tutorials_are_named_in_a_cluster_and_leave_nothing(
    breakages: tuple[Breakage, ...], platform: Cluster, copy: Path, tmp_path: Path
) -> None:
    """All in one run: each is named, and none hides the next."""
    for breakage in breakages:
        break_page(copy, breakage)
    break_file(copy, TRY, ("dgd/mocker-agg --timeout=5m", "dgd/mocker-agg --timeout=5s"))
    for page in {SET_UP, *(breakage.place for breakage in breakages)}:
        on_own_ports(copy, page, *PORTS)
    platform.run_kubectl("apply", "-f", str(ALLOW))
    before = objects(platform)
    temporary = tmp_path / "temporary"
    pages = [breakage.place for breakage in breakages]

    when = ("--when", "api=v1beta1") if CHANGE in pages else ()
    done = run_docs_test(copy, platform, temporary, *when, *pages)

    output = done.stdout + done.stderr
    assert done.returncode == ExitStatus.FAILED, output
    assert f"0 passed, {len(pages)} failed" in output
    for breakage in breakages:
        check_words(copy, breakage, output, pages)
    assert objects(platform) == before
    assert list(temporary.iterdir()) == []
    assert with_environment(str(temporary)) == []
