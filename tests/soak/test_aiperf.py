"""The AIPerf command of the SLA planner's page, as it stands there, against workers that a planner scales."""

from __future__ import annotations

import json
import re
import shlex
from typing import TYPE_CHECKING

import pytest

from groundwork.base.paths import root
from support.aiperf import ensure_aiperf
from support.soak_runs import own_records, soak

if TYPE_CHECKING:
    from pathlib import Path

    from support.soak_runs import Soak

__all__ = ["own_records", "soak"]

pytestmark = [pytest.mark.cluster, pytest.mark.image, pytest.mark.timeout(2700)]

QUICKSTART = root() / "docs" / "planner" / "sla-planner-quickstart.md"
GRAPH = root() / "examples" / "planner" / "dgd-planner-v1beta1.yaml"
COMMAND = re.compile(r"^ +pip install aiperf\n(?P<command> +aiperf profile (?:.*\\\n)+.*\n)", re.MULTILINE)
PAGE = """\
---
title: AIPerf
description: The command of the SLA planner quickstart.
kind: tutorial
tutorial:
  needs: {{gpu: 4, planner: true}}
  timeout: 30m
---
# AIPerf

```yaml {{ .file title="graph.yaml" }}
{graph}
```

```bash {{ .run data-timeout="10m" }}
kubectl apply -f graph.yaml
kubectl wait --for=condition=Ready dgd/dgd-planner --timeout=9m
```

```bash {{ .run data-background data-ready="http://localhost:{port}/v1/models" }}
kubectl port-forward service/dgd-planner-frontend {port}:8000
```

```bash {{ .run data-timeout="10m" }}
export HF_HUB_OFFLINE=1 HF_HOME={models} TMPDIR={short}
{command} 2>&1 | tee {folder}/printed.txt &&
  cp artifacts/*/profile_export_aiperf.json {folder}/figures.json
```

```bash {{ .run data-until="1m" }}
kubectl get events --field-selector reason=Scaled,involvedObject.name=dgd-planner-vllmdecodeworker \\
  -o custom-columns=NOTE:.message --no-headers
```

```console {{ .output }}
...VllmDecodeWorker... from 1 to 2 replicas
...
```

```bash {{ .run .cleanup data-timeout="5m" }}
kubectl delete dgd dgd-planner --ignore-not-found
```
"""
RATE = 5
SECONDS = 60


def command(program: Path, port: int) -> str:
    """The page's command, with the path of the program and another port."""
    found = COMMAND.search(QUICKSTART.read_text())
    assert found
    words = shlex.split(found["command"].replace("\\\n", " "))
    assert words[0] == "aiperf"
    assert words[words.index("--request-rate") + 1] == str(RATE)
    assert words[words.index("--benchmark-duration") + 1] == str(SECONDS)
    words[words.index("--url") + 1] = f"http://localhost:{port}"
    return shlex.join([str(program), *words[1:]])


@pytest.mark.soak(part="aiperf")
def test_the_pages_command_measures_and_the_planner_scales(
    soak: Soak, tmp_path: Path, tmp_path_factory: pytest.TempPathFactory, capsys: pytest.CaptureFixture[str]
) -> None:
    aiperf = ensure_aiperf()
    short = tmp_path_factory.getbasetemp() / "a"  # Names of AIPerf's sockets: 107 characters at most.
    short.mkdir()
    page = PAGE.format(
        graph=GRAPH.read_text().rstrip(),
        port=soak.port,
        models=aiperf.models,
        command=command(aiperf.program, soak.port),
        folder=tmp_path,
        short=short,
    )
    (soak.root / "docs" / "planner" / "aiperf.md").write_text(page)
    words = ("--no-sandbox", "docs/planner/aiperf.md")  # In the sandbox the page would not see AIPerf.
    took = soak.run(soak.name, keep=True, log=tmp_path / "run.log", pages=words)
    printed = (tmp_path / "printed.txt").read_text()
    figures = json.loads((tmp_path / "figures.json").read_text())
    with capsys.disabled():
        print(f"\npassed in {took:.0f} s\n{printed}")
    assert soak.left(soak.name, keep=True) == []
    for row in ("Time to First Token (ms)", "Inter Token Latency (ms)", "Request Throughput (requests/sec)"):
        assert row in printed
    assert not figures.get("error_request_count")
    assert figures["request_count"]["avg"] > 0.9 * RATE * SECONDS
    assert figures["output_sequence_length"]["avg"] == pytest.approx(200, rel=0.02)
    assert figures["input_sequence_length"]["avg"] == pytest.approx(8000, rel=0.02)
    # No worker is faster than AISimulate predicts for this model.
    assert figures["inter_token_latency"]["p50"] > 5
    assert figures["time_to_first_token"]["min"] > 0
