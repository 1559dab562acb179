"""A machine or a cluster that will not do: one line, a hint, and an exit status of its own, before a page runs."""

from __future__ import annotations

import io
import os
import re
import signal
import subprocess
import sys
from argparse import Namespace
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from docs_test.cli.main import main
from docs_test.clusters import namespaces
from docs_test.clusters.environment import EnvironmentOptions, open_environment
from docs_test.clusters.given_cluster import given_cluster
from docs_test.clusters.namespaces import ALLOW
from docs_test.ports.platform import OpenCluster, Platform
from docs_test.ports.product import Product
from groundwork.base.errors import EnvironmentFault, ExitStatus
from groundwork.system.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from docs_test.ports.platform import Wanted

FAKES = Path(__file__).with_name("fakes")
REFUSED = "The connection to the server 127.0.0.1:1 was refused - did you specify the right host or port?"


@pytest.fixture
def kubeconfig(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("PATH", f"{FAKES}:{os.environ['PATH']}")
    file = tmp_path / "kubeconfig"
    file.write_text("")
    return file


def test_a_given_cluster_that_answers_is_known_by_its_version(kubeconfig: Path) -> None:
    assert given_cluster(kubeconfig, "", ())[1] == "1.35.4"


@pytest.mark.parametrize("server", ["v1.34.9", "v1.36.0-eks-1"])
def test_one_minor_version_apart_is_supported(
    kubeconfig: Path, monkeypatch: pytest.MonkeyPatch, server: str
) -> None:
    monkeypatch.setenv("FAKE_SERVER", server)
    assert given_cluster(kubeconfig, "", ())[1] == server[1:]


def fault(kubeconfig: Path, context: str = "") -> str:
    with pytest.raises(EnvironmentFault) as caught:
        given_cluster(kubeconfig, context, ())
    assert caught.value.status is ExitStatus.ENVIRONMENT
    lines = str(caught.value).splitlines()
    assert len(lines) <= 2, lines
    return str(caught.value)


def test_a_kubectl_of_another_version_is_refused(kubeconfig: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_SERVER", "v1.33.1")
    said = fault(kubeconfig)
    assert said.startswith("kubectl 1.35.4: too far from the cluster's Kubernetes 1.33.1\nhint: ")
    assert "install kubectl 1.33.1" in said


def test_a_cluster_that_does_not_answer_is_said_with_kubectls_reason(
    kubeconfig: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_SERVER_SAYS", REFUSED)
    assert f"the cluster does not answer: {REFUSED}\nhint: kubectl --kubeconfig" in fault(kubeconfig)


def test_a_kubeconfig_that_is_not_there(tmp_path: Path) -> None:
    assert "no such file" in fault(tmp_path / "none")


def test_a_cluster_that_nobody_allowed_is_refused(kubeconfig: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FAKE_ALLOWED", "")
    said = fault(kubeconfig)
    assert said.startswith(f"context 'fake' of '{kubeconfig}': docs-test is not allowed to run in this cluster\n")
    assert "kubectl --context fake apply -f " in said
    assert ALLOW.is_file()
    assert str(ALLOW) in said
    assert "--allow-context fake" in said
    assert given_cluster(kubeconfig, "", ("other", "fake"))[0].context == "fake"
    with pytest.raises(EnvironmentFault, match="docs-test is not allowed"):
        given_cluster(kubeconfig, "", ("other",))


def test_the_current_context_is_never_taken_for_the_one_that_is_meant(
    kubeconfig: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_CONTEXTS", "production\nlab\n")
    said = fault(kubeconfig)
    assert (
        said == f"--kubeconfig '{kubeconfig}': it has 2 contexts\nhint: name one with --context: production, lab"
    )
    assert given_cluster(kubeconfig, "lab", ())[0].context == "lab"
    assert fault(kubeconfig, "labs").startswith("--context 'labs': ")
    monkeypatch.setenv("FAKE_CONTEXTS", "")
    assert "it has 0 contexts" in fault(kubeconfig)


def test_service_accounts_that_may_not_read_nodes(kubeconfig: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(namespaces, "RIGHTS_SECONDS", 0.0)
    kubectl, _ = given_cluster(kubeconfig, "", ())
    said: list[str] = []
    with namespaces.own_namespace(kubectl, said.append, ours=False) as own:
        assert own.name in own.kubeconfig
        assert own.cluster_kubeconfig == ""
        assert said == []
    assert said == [f"removing namespace {own.name}, and waiting until it is gone"], "it takes seconds"
    monkeypatch.setenv("FAKE_RIGHTS", "")
    kubectl, _ = given_cluster(kubeconfig, "", ())
    refused = pytest.raises(EnvironmentFault, match="does not let ServiceAccounts do that\nhint: kubectl apply -f")
    with refused, namespaces.own_namespace(kubectl, print, ours=False):
        pass


@pytest.mark.usefixtures("ctrl_c")
@pytest.mark.parametrize("remove", [True, False])
def test_an_interrupted_removal_leaves_no_record(
    kubeconfig: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, remove: bool
) -> None:
    """It is finished first; a record that stayed would tell of a namespace that is gone."""

    def removed(_kubectl: object, names: list[str]) -> None:
        os.kill(os.getpid(), signal.SIGINT)
        gone.extend(names)

    gone: list[str] = []
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr(namespaces, "_remove", removed)
    monkeypatch.setattr(namespaces, "RIGHTS_SECONDS", 0.0)
    kubectl, _ = given_cluster(kubeconfig, "", ())
    expected = pytest.raises(KeyboardInterrupt) if remove else nullcontext()
    with expected, namespaces.own_namespace(kubectl, print, ours=False, remove=remove) as own:
        assert list((tmp_path / "cache" / "dynamo-docs" / "runs").iterdir())
    assert gone == ([own.name] if remove else [])
    assert not list((tmp_path / "cache" / "dynamo-docs" / "runs").iterdir())


class Made(Platform):
    """A platform whose cluster is a file (fakes/kubectl)."""

    name = "made"

    def __init__(self, kubeconfig: Path) -> None:
        self.cluster = OpenCluster(kubeconfig, FAKES / "kubectl", "1.35.4")

    def open(self, wanted: Wanted, progress: Progress) -> AbstractContextManager[OpenCluster]:
        del wanted, progress
        return nullcontext(self.cluster)


@pytest.mark.parametrize(
    ("more", "shared"),
    [({}, False), ({"keep_cluster": True}, True), ({"cluster_name": "dev"}, True)],
    ids=["of the run alone", "kept", "named"],
)
def test_of_a_cluster_that_others_may_use_only_the_runs_namespace_is_looked_at(
    kubeconfig: Path, more: dict[str, Any], *, shared: bool
) -> None:
    wanted = EnvironmentOptions(Product(), Made(kubeconfig), Namespace(), sandbox=False, **more)
    with open_environment(wanted, Progress(io.StringIO())) as environment:
        assert environment.page_namespace.startswith("docs-test-")
        assert environment.namespace == (environment.page_namespace if shared else "")


def test_the_kinds_beside_are_those_that_the_rights_let_a_page_make() -> None:
    assert namespaces.kinds_beside() == ("priorityclasses.scheduling.k8s.io",), "nodes are only changed"


def test_whose_a_namespace_is_tells_who_may_remove_it() -> None:
    def found(**labels: str) -> bool:
        names = {"owner": namespaces.OWNER, "expires": namespaces.EXPIRES}
        return namespaces._abandoned({"metadata": {"labels": {names[key]: text for key, text in labels.items()}}})

    assert re.fullmatch(r"[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?", namespaces.owner()), "a label's value"
    assert found(owner=namespaces.owner(), expires="29991231T235959Z")
    assert not found(owner="somebody", expires="29991231T235959Z")
    assert found(owner="somebody", expires="20200101T000000Z")
    assert not found(owner="somebody", expires="soon"), "nothing is removed that is not understood"
    assert not found()


def test_no_kubectl(kubeconfig: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    assert fault(kubeconfig).startswith("kubectl: not found on PATH\nhint: ")


def test_the_exit_status_is_not_that_of_a_failed_page(kubeconfig: Path) -> None:
    env = {**os.environ, "FAKE_SERVER_SAYS": REFUSED}
    command = [sys.executable, "-m", "docs_test", "run", "--no-sandbox", "--kubeconfig", str(kubeconfig)]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == ExitStatus.ENVIRONMENT, done.stderr
    assert "Traceback" not in done.stderr
    assert "the cluster does not answer" in done.stderr


def test_a_gpu_profile_that_is_none_is_known_before_anything_is_started(
    site_with: Callable[..., Path], tmp_path: Path
) -> None:
    root = site_with({"a.md": "---\ntutorial: {}\n---\n# X\n\n```bash { .run }\ntrue\n```\n"})
    env = {**os.environ, "PATH": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path / "cache")}  # Without Docker.
    command = [sys.executable, "-m", "docs_test", "run", "--root", str(root), "--gpu-profile", "h200x9"]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False, timeout=120)
    assert done.returncode == ExitStatus.USAGE, done.stderr
    assert done.stderr.startswith("GPU profile 'h200x9': no such profile\nhint: known are h100x8;")


UNLABEL = """---
tutorial: {}
---
# Labels

```bash { .run data-needs="cluster-scope" }
kubectl label nodes --all nvidia.com/gpu.product-
```
"""


@pytest.mark.parametrize("given", [True, False])
def test_what_harms_other_people_s_gpus_is_not_done_to_a_given_cluster(
    given: bool,  # noqa: FBT001  A parameter of a test.
    site_with: Callable[..., Path],
    kubeconfig: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    where = ["--kubeconfig", str(kubeconfig)] if given else []
    assert main(["list", "--root", str(site_with({"page.md": UNLABEL})), *where, "docs/page.md"]) == 0
    listed = capsys.readouterr().out
    steps, skipped = (0, 1) if given else (1, 0)
    assert f"docs/page.md: {steps} steps, {skipped} blocks skipped" in listed
    assert ("the environment has no cluster-scope" in listed) is given
