"""Charts: fetched, taken from a path, refused in a line; what they bring is called what it is."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docs_test.model import Environment
from dynamo_api import releases
from dynamo_docs.found import Operator
from dynamo_docs.inventory import DynamoInventory
from dynamo_docs.platforms.helm import with_chart
from dynamo_docs.platforms.helm_chart import Chart, default_address, find_chart
from dynamo_docs.platforms.helm_install import install_chart, name_webhook_service
from groundwork.base.errors import EnvironmentFault, ExitStatus
from groundwork.base.versions import version
from groundwork.system.processes import run
from groundwork.system.progress import Progress
from kind_cluster.tools import ensure_helm
from mock_platform.images import ensure_images
from support.namespace import without_other_tests
from support.waiting import wait_until

if TYPE_CHECKING:
    from kind_cluster.kind import Cluster

CHART = Path(__file__).parents[1] / "charts" / "stand-in"
HELM = """\
#!/bin/sh
# A Helm for tests: what it shows is in FILE, what it pulls is nowhere.
case "$1" in
pull) echo 'Error: Get "https://charts.invalid/x.tgz": dial tcp: lookup charts.invalid: no such host' >&2
    exit 1 ;;
show) [ -f "$3/Chart.yaml" ] || { echo "Error: Chart.yaml file is missing" >&2; exit 1; }
    cat "$3/Chart.yaml" ;;
esac
"""


@pytest.fixture
def helm(tmp_path: Path) -> Path:
    file = tmp_path / "helm"
    file.write_text(HELM)
    file.chmod(0o755)
    return file


def test_a_chart_by_its_path(helm: Path) -> None:
    assert find_chart(str(CHART), helm, Progress()) == Chart(CHART, "docs-test-stand-in", "0.1.0")


@pytest.mark.parametrize(
    ("chart", "fact"),
    [
        ("", "no such host"),
        ("https://charts.invalid/x.tgz", "no such host"),
        ("oci://charts.invalid/x", "no such host"),
        ("nowhere/chart", "no such file or folder"),
        (str(CHART.parent), "is no Helm chart: Chart.yaml file is missing"),
    ],
)
def test_a_chart_that_cannot_be_had_is_one_line_and_a_hint(helm: Path, chart: str, fact: str) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        find_chart(chart, helm, Progress())
    assert caught.value.status is ExitStatus.ENVIRONMENT
    first, hint = str(caught.value).splitlines()
    assert first.startswith(f"--chart {chart or default_address()!r}: ")
    assert fact in first
    assert hint.startswith("hint: --chart PATH takes one that lies on this machine")


PULLING = """\
#!/bin/sh
case "$1" in
pull) cat "{content}" >"$4/x-1.tgz" ;;
show) echo "{{name: x, version: '1'}}" ;;
esac
"""


def test_a_chart_that_another_run_fetches_stays_for_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    content, helm = tmp_path / "content", tmp_path / "helm"
    helm.write_text(PULLING.format(content=content))
    helm.chmod(0o755)
    paths = []
    for text in ("first", "second", "first"):
        content.write_text(text)
        paths.append(find_chart("https://charts.invalid/x-1.tgz", helm, Progress()).path)
    assert [path.read_text() for path in paths] == ["first", "second", "first"]
    assert sorted({*paths}) == sorted((tmp_path / "cache" / "dynamo-docs" / "charts").iterdir())


def test_the_default_is_the_chart_that_pages_name() -> None:
    assert default_address().endswith(f"/dynamo-platform-{version('dynamo.chart')}.tgz")


class Fake:
    """A cluster with one CRD and some Services."""

    def __init__(self, named: str, *services: str, strategy: str = "Webhook") -> None:
        service = {"name": named, "namespace": "dynamo-system"}
        conversion = {"strategy": strategy, "webhook": {"clientConfig": {"service": service}}}
        self.crd = {
            "metadata": {"name": "x.nvidia.com"},
            "spec": {"group": "nvidia.com", "conversion": conversion},
        }
        other = {"metadata": {"name": "y.example"}, "spec": {"group": "example"}}
        self.answers = {
            "services": {"items": [{"metadata": {"name": name}} for name in services]},
            "crd": {"items": [self.crd, other]},
        }
        self.patched: list[Any] = []

    def run_kubectl(self, verb: str, kind: str, *words: str) -> str:
        if verb == "patch":
            self.patched.append((words[0], json.loads(words[-1])))
            return ""
        return json.dumps(self.answers[kind])


def test_crds_convert_by_the_releases_own_service() -> None:
    good = Fake("a-webhook-service", "a-webhook-service", "metrics")
    name_webhook_service(good)  # type: ignore[arg-type]
    assert good.patched == []
    wrong = Fake("dynamo-operator-webhook-service", "dynamo-platform-dynamo-operator-webhook-service", "metrics")
    name_webhook_service(wrong)  # type: ignore[arg-type]
    ((name, patch),) = wrong.patched
    assert name == "x.nvidia.com"
    service = patch["spec"]["conversion"]["webhook"]["clientConfig"]["service"]
    assert service == {"name": "dynamo-platform-dynamo-operator-webhook-service", "namespace": "dynamo-system"}
    none = Fake("gone-webhook-service", "metrics", strategy="None")
    name_webhook_service(none)  # type: ignore[arg-type]
    assert none.patched == []
    for services in (("metrics",), ("a-webhook-service", "b-webhook-service")):
        with pytest.raises(EnvironmentFault, match="converts by the Service 'gone', which is not there"):
            name_webhook_service(Fake("gone", *services))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        (Operator("1.4.0", "real", "nvcr.io/nvidia/ai-dynamo/kubernetes-operator:1.4.0"), ("1.4.0", "operator")),
        (Operator("1.4.0", "unknown", "x"), ("1.4.0 (chart docs-test-stand-in 0.1.0)", "mock")),
        (
            Operator(releases.operator().number, "mock", "x"),
            (f"{releases.operator().name} (chart docs-test-stand-in 0.1.0)", "mock"),
        ),
        (None, ("none (chart docs-test-stand-in 0.1.0)", "mock")),
    ],
)
def test_only_the_real_operator_is_called_by_its_version_alone(
    operator: Operator | None, expected: tuple[str, str]
) -> None:
    inventory = DynamoInventory(operator=operator)
    environment = Environment("", tier=inventory.tier, inventory=inventory)
    made = with_chart(environment, Chart(CHART, "docs-test-stand-in", "0.1.0"))
    texts = {fact.name: fact.text for fact in made.facts}
    assert (texts["operator"], made.tier) == expected
    assert made.title.endswith(f", operator: {operator.kind}" if operator else "")


def deployments(cluster: Cluster) -> set[str]:
    form = r'jsonpath={range .items[*]}{.kind}/{.metadata.namespace}/{.metadata.name}{"\n"}{end}'
    return without_other_tests(cluster.run_kubectl("get", "deployments", "-A", "-o", form).splitlines())


@pytest.mark.cluster
def test_a_chart_is_installed_with_its_values_and_the_clusters_images(platform: Cluster, tmp_path: Path) -> None:
    progress = Progress()
    program = ensure_helm(progress)
    chart = find_chart(str(CHART), program, progress)
    values = tmp_path / "values.yaml"
    image = f"{version('dynamo.image_registry')}/dynamo-frontend:{version('dynamo.runtime')}"
    values.write_text(f"image: {image}\ngreeting: from-the-values\n")
    before = deployments(platform)
    try:
        install_chart(platform, chart, ensure_images(progress), program, progress, values=values)
        name = "deployment/dynamo-platform-docs-test-stand-in"
        # Its Pod counts as available once its container runs, before that has said anything.
        logs = ("logs", name, "-n", "dynamo-system")
        wait_until(lambda: "from-the-values" in platform.run_kubectl(*logs), "the value is in its log")
    finally:
        words = ("uninstall", "dynamo-platform", "--namespace", "dynamo-system", "--wait", "--kubeconfig")
        run([program, *words, platform.kubeconfig])
    assert deployments(platform) == before
    with pytest.raises(EnvironmentFault, match="connection refused"):
        find_chart("http://127.0.0.1:9/dynamo-platform-1.4.0.tgz", program, progress)
