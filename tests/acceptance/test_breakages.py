"""Quick Deploy, broken on purpose: the first error names the line, says why and what to do; nothing is left."""

from __future__ import annotations

import json
import os
import secrets
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import main
from docs_test.clusters.namespaces import ALLOW
from groundwork.base.errors import ExitStatus
from support.breakages import (
    QUICK_DEPLOY,
    Breakage,
    break_page,
    check_words,
    objects,
    on_own_ports,
    run_docs_test,
)
from support.processes import with_environment

if TYPE_CHECKING:
    from kind_cluster.kind import Cluster

ROOT = Path(__file__).resolve().parents[2]
PAGE = QUICK_DEPLOY
ONE = ("--when", "api=v1beta1")
"""One of the page's two runs: what is broken is broken in both."""
SNIPPET = "snippets/prerequisites.md"
MANIFEST = "examples/quickstart/dgd-quickstart-v1beta1.yaml"
APPLY = "kubectl apply -f dgd-quickstart.yaml\n"
CREATED = "dynamographdeployment.nvidia.com/quickstart created\n"
WAIT = "kubectl wait --for=condition=Ready dgd/quickstart --timeout=15m\n"
DELETE = "kubectl delete dgd quickstart --ignore-not-found"
CLEAN_UP = '```bash { .run .cleanup data-timeout="3m" }'


IN_A_CLUSTER = {
    "wrong command": Breakage(
        PAGE,
        ((APPLY, "kubectl aply -f dgd-quickstart.yaml\n"),),
        "kubectl aply",
        ("unknown command", "status 1"),
        "`kubectl --help`",
    ),
    "typo in a manifest field": Breakage(
        MANIFEST,
        (("replicas: 1", "replica: 1"),),
        APPLY.strip(),
        ("unknown field", "replica"),
        f"replica is at {MANIFEST}:",
    ),
    "step that hangs": Breakage(
        PAGE,
        (
            (
                '```bash { .run data-timeout="16m" }\n' + WAIT,
                '```bash { .run data-timeout="2s" }\nsleep 3600\n',
            ),
        ),
        '.run data-timeout="2s"',
        ("still running after 2 s", "sleep 3600"),
        "data-background",
    ),
}
"""What depends on what a real kubectl and a real API server say."""

NOT_FOUND = "Error from server (NotFound):"
UNPULLED = {
    "metadata": {"name": "quickstart-vllmworker-385c5428-5d8f9c7b44-x7k2p", "namespace": "default"},
    "status": {
        "phase": "Pending",
        "containerStatuses": [{"state": {"waiting": {"reason": "ImagePullBackOff"}}}],
    },
}

ON_A_FAKE = {
    "wrong expected output": Breakage(
        PAGE,
        ((CREATED, CREATED.replace("created", "configured")),),
        "quickstart configured",
        (
            "- dynamographdeployment.nvidia.com/quickstart configured",
            "+ dynamographdeployment.nvidia.com/quickstart",
        ),
        "show it on the page",
    ),
    "undefined variable": Breakage(
        PAGE,
        ((WAIT, "kubectl wait --for=condition=Ready dgd/$NAME\n"),),
        "dgd/$NAME",
        ("NAME: unbound variable",),
        "set NAME in an earlier step",
    ),
    "second command of a step": Breakage(
        PAGE,
        ((APPLY, f"{APPLY}kubectl get dgd quickstrat\n"),),
        "kubectl get dgd quickstrat",
        ("status 1", 'dynamographdeployments.nvidia.com "quickstrat" not found'),
        "is quickstrat the name that an earlier step made?",
        faults=f'get dgd quickstrat => 1 {NOT_FOUND} dynamographdeployments.nvidia.com "quickstrat" not found',
    ),
    "service of another name": Breakage(
        PAGE,
        (("service/quickstart-frontend ", "service/quickstart-fronted "),),
        ".run data-background",
        ("ended with status 1 before http://localhost", 'services "quickstart-fronted" not found'),
        "`kubectl get services` lists them",
        faults=f'port-forward service/quickstart-fronted => 1 {NOT_FOUND} services "quickstart-fronted" not found',
    ),
    "worker whose image cannot be pulled": Breakage(
        PAGE,
        (),
        WAIT.strip(),
        (
            "timed out waiting for the condition",
            f"Pod default/{UNPULLED['metadata']['name']}: Pending, ImagePullBackOff",
        ),
        "look at the Pods and events",
        faults="wait => 1 error: timed out waiting for the condition on dynamographdeployments/quickstart",
        pods=json.dumps({"items": [UNPULLED]}),
    ),
    "another model": Breakage(
        PAGE,
        (('data-until="30s"', 'data-until="1s"'), ('{"id": "Qwen/Qwen3-0.6B"', '{"id": "Qwen/Qwen3-8B"')),
        '{"id": "Qwen/Qwen3-8B"',
        ("- ", "Qwen/Qwen3-8B", "+ ", "Qwen/Qwen3-0.6B"),
        "show it on the page",
    ),
    "another column": Breakage(
        PAGE,
        (("quickstart   True    vllm ", "quickstart   True    sglang "),),
        "True    sglang",
        ("- quickstart   True    sglang", "+ quickstart   True    vllm"),
        "show it on the page",
    ),
    "promise that is not kept": Breakage(
        PAGE,
        (
            ('data-within="2m"', 'data-within="1s"'),
            ('data-within="1s" }\n', 'data-within="1s" }\nsleep 1.2\n'),
        ),
        'data-within="1s"',
        ("promised within 1 s",),
        "promise less",
    ),
    "claim that does not hold": Breakage(
        PAGE,
        (("-o name | wc -l | grep -qx 2", "-o name | wc -l | grep -qx 3"),),
        "grep -qx 3",
        ("status 1",),
        "the page is wrong here",
    ),
    "success where a failure is announced": Breakage(
        PAGE,
        (('{ .run data-timeout="16m" }', '{ .run data-timeout="16m" data-exit="1" }'),),
        WAIT.strip(),
        ("ended with status 0, expected 1",),
        "it succeeded: remove `data-exit`",
    ),
    "clean-up of another name": Breakage(
        PAGE,
        ((DELETE, "kubectl delete dgd quickstrat"),),
        "kubectl delete dgd quickstrat",
        (
            'dynamographdeployments.nvidia.com "quickstrat" not found',
            "the page left 4 objects in the cluster",
            "kubectl delete dynamographdeployments.nvidia.com quickstart -n default",
            "kubectl delete services quickstart-frontend -n default",
        ),
        "is quickstrat the name that an earlier step made?",
        left=4,
    ),
    "no clean-up": Breakage(
        PAGE,
        ((CLEAN_UP, '```bash { .skip data-reason="left to the reader" }'),),
        "---",
        (
            "the page left 4 objects in the cluster",
            "kubectl delete dynamographdeployments.nvidia.com quickstart -n default",
        ),
        "let the page's clean-up do it",
        left=4,
    ),
    "mistake in what pages share": Breakage(
        SNIPPET,
        (("No resources found in ... namespace.", "No deployments found in ... namespace."),),
        "No deployments found",
        ("- No deployments found in ... namespace.", "+ No resources found in default namespace."),
        "show it on the page",
        place=SNIPPET,
    ),
    "block without a role": Breakage(
        PAGE,
        ((f"```bash {{ .run #apply }}\n{APPLY}", f"```bash\n{APPLY}"),),
        "```bash\n",
        ("no role",),
        "hint",
        status=2,
    ),
}
"""What docs-test alone finds and says."""


@pytest.mark.cluster
@pytest.mark.parametrize("name", IN_A_CLUSTER)
def test_a_broken_page_is_named_and_leaves_nothing(
    name: str, platform: Cluster, copy: Path, tmp_path: Path
) -> None:
    breakage = IN_A_CLUSTER[name]
    break_page(copy, breakage)
    (port,) = on_own_ports(copy, PAGE, 8000)
    platform.run_kubectl("apply", "-f", str(ALLOW))
    before = objects(platform)
    temporary = tmp_path / "temporary"

    done = run_docs_test(copy, platform, temporary, *ONE, PAGE)

    output = done.stdout + done.stderr
    assert done.returncode == breakage.status, output
    check_words(copy, breakage, output)
    assert "command:\n  $ " in output
    assert objects(platform) == before
    assert list(temporary.iterdir()) == []
    assert with_environment(str(temporary)) == []
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        probe.bind(("127.0.0.1", port))


@pytest.mark.parametrize("name", ON_A_FAKE)
def test_a_page_broken_on_a_fake_is_named_and_leaves_nothing(
    name: str, fake: Path, copy: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    breakage = ON_A_FAKE[name]
    break_page(copy, breakage)
    on_own_ports(copy, PAGE, 8000)
    for file in ("faults", "pods"):
        if content := getattr(breakage, file):
            (fake.parent / file).write_text(content)

    # The sandbox hides the caller's folders, where what stands in for programs lies.
    status = main(["run", "--root", str(copy), "--kubeconfig", str(fake), "--no-sandbox", *ONE, PAGE])

    output = "".join(capsys.readouterr())
    assert status == breakage.status, output
    check_words(copy, breakage, output)
    assert len(fake.read_text().splitlines()) == breakage.left
    assert list((tmp_path / "temporary").iterdir()) == []
    assert with_environment(str(tmp_path)) == []


NO_GPUS = "count = 0\nproduct = 'none'\nmemory_mib = 0\n"


@pytest.mark.cluster
@pytest.mark.image
@pytest.mark.soak(part="live")
def test_a_prerequisite_that_a_cluster_of_its_own_lacks_is_named_and_the_cluster_goes(
    kind_cluster: Cluster, tmp_path: Path
) -> None:
    """The run makes it and removes it; other clusters stay as they are.

    In the soak alone: it makes a second cluster. That a lack is named, test_preparing.py shows without one.
    """
    name = f"no-gpus-{secrets.token_hex(3)}"
    profile, temporary = tmp_path / "none.toml", tmp_path / "temporary"
    profile.write_text(NO_GPUS)
    temporary.mkdir()
    command = [sys.executable, "-m", "docs_test", "run", "--gpu-profile", str(profile), "--cluster-name", name]
    env = {**os.environ, "TMPDIR": str(temporary)}

    done = subprocess.run(
        [*command, "--results", str(tmp_path / "results.json"), *ONE, PAGE],
        cwd=ROOT,
        env=env,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )

    assert done.returncode == ExitStatus.ENVIRONMENT, done.stderr
    assert "GPUs          none" in done.stderr
    assert f"{PAGE} (api=v1beta1): 1 x GPU; skipped: the environment has no gpu" in done.stderr
    assert "0 passed, 0 failed" in done.stderr
    assert not [container for container in containers() if container.startswith(name)]
    assert f"{kind_cluster.name}-control-plane" in containers()
    assert list(temporary.iterdir()) == []
    assert with_environment(str(temporary)) == []


def containers() -> list[str]:
    command = ["docker", "ps", "--all", "--format", "{{.Names}}"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
