"""How long validation takes, beside kubectl-validate and kubeconform, on the same files in the same run.

`python tests/bench/validate.py` prints a table and ends with status 1 where a bound is not kept.
"""

from __future__ import annotations

import argparse
import itertools
import json
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

from dynamo_crd.schemas import compile as compiler
from groundwork.base.paths import root
from groundwork.system.progress import Progress
from kind_cluster.toolchain import build
from support.validation.closed import closed_schemas

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

FILES = 200
ROUNDS = 5
SAME = 100
"""Runs whose output must be the same, byte for byte."""

TIMES_FASTER = 10.0
"""At least, than kubectl-validate, which runs the API server's own code."""

TIMES_SLOWER = 3.0
"""At most, than kubeconform, which is compiled and knows no rules."""

TIMES_IMPORT = 2.0
"""At most, one file from a cold process, than importing yaml and jsonschema and doing nothing."""

KIND = "DynamoGraphDeployment"
IMPORT = "import yaml, jsonschema"

Command = list[str]


@dataclass(frozen=True, slots=True)
class Bound:
    """A ratio of two medians, and what it is held to."""

    what: str
    ratio: float
    limit: float
    at_least: bool

    @property
    def kept(self) -> bool:
        """Whether the ratio is on the right side."""
        return self.ratio >= self.limit if self.at_least else self.ratio <= self.limit

    def __str__(self) -> str:
        word = "at least" if self.at_least else "at most"
        return f"{'ok    ' if self.kept else 'MISSED'} {self.what}: {self.ratio:.2f} ({word} {self.limit:g})"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the benchmark; 0 where all bounds are kept."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=ROUNDS)
    parser.add_argument("--json", type=Path, help="also write the seconds of every run there")
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="dynamo-docs-") as name:
        commands = prepared(Path(name), build_peers(Progress()))
        seconds = timed(commands, options.rounds)
        same = identical(commands["ours, cold"], SAME)
    if options.json:
        options.json.write_text(json.dumps(seconds, indent=2) + "\n", encoding="utf-8")
    medians = {name: statistics.median(times) for name, times in seconds.items()}
    for name, median in medians.items():
        print(f"{name:18} {median * 1000:8.1f} ms   (of {min(seconds[name]) * 1000:.1f} and more)")
    bounds = compared(medians)
    print(*bounds, f"{'ok    ' if same else 'MISSED'} {SAME} runs print the same bytes", sep="\n")
    return 0 if same and all(bound.kept for bound in bounds) else 1


def build_peers(progress: Progress) -> dict[str, Path]:
    """The other validators, built from their Go modules."""
    packages = {
        "kubeconform": "github.com/yannh/kubeconform/cmd/kubeconform",
        "kubectl-validate": "sigs.k8s.io/kubectl-validate",
    }
    return {name: build(name, {name: package}, progress) / name for name, package in packages.items()}


def prepared(folder: Path, peers: dict[str, Path]) -> dict[str, Command]:
    """Write manifests, CRDs and closed schemas; return what is to be timed, having seen that each works."""
    manifests, crds, schemas = (folder / name for name in ("manifests", "crds", "schemas"))
    compiler.write(crds)
    schemas.mkdir()
    for name, schema in closed_schemas(compiler.crds()):
        (schemas / name).write_text(json.dumps(schema), encoding="utf-8")
    manifests.mkdir()
    for number, text in zip(range(FILES), graphs(), strict=False):
        (manifests / f"graph-{number:03}.yaml").write_text(text, encoding="utf-8")
    template = f"{schemas}/{{{{.ResourceKind}}}}_{{{{.ResourceAPIVersion}}}}.json"
    kubeconform = [str(peers["kubeconform"]), "-strict", "-schema-location", template]
    kubectl_validate = [str(peers["kubectl-validate"]), "--local-crds", str(crds)]
    ours = [str(Path(sys.executable).parent / "docs-test"), "validate"]
    one = str(manifests / "graph-000.yaml")
    for command in (ours, kubectl_validate, kubeconform):
        proven(command, folder, Path(one).read_text(encoding="utf-8"))
    return {
        "ours": [*ours, str(manifests)],
        "kubectl-validate": [*kubectl_validate, str(manifests)],
        "kubeconform": [*kubeconform, str(manifests)],
        "ours, cold": [*ours, one],
        "import": [sys.executable, "-c", IMPORT],
    }


def graphs() -> Iterator[str]:
    """Graphs of the examples, again and again, each under a name of its own."""
    texts = [path.read_text(encoding="utf-8") for path in sorted((root() / "examples").rglob("*.yaml"))]
    documents = [one for text in texts for one in yaml.safe_load_all(text) if isinstance(one, dict)]
    known = {f"{crd['spec']['group']}/{one['name']}" for crd in compiler.crds() for one in crd["spec"]["versions"]}
    chosen = [one for one in documents if one.get("kind") == KIND and one.get("apiVersion") in known]
    for number, document in enumerate(itertools.cycle(chosen)):
        metadata = document["metadata"] | {"name": f"graph-{number}"}
        yield yaml.safe_dump(document | {"metadata": metadata}, sort_keys=False)


def proven(command: Command, folder: Path, good: str) -> None:
    """See that a validator takes a good graph, and refuses it with a field that no schema has."""
    for name, text, right in (("good", good, True), ("bad", good.replace("spec:", "spec:\n  spoc: 1", 1), False)):
        file = folder / f"{name}.yaml"
        file.write_text(text, encoding="utf-8")
        done = subprocess.run([*command, file], capture_output=True, text=True, check=False)
        if (done.returncode == 0) is not right:
            raise SystemExit(
                f"{command[0]}: status {done.returncode} for a {name} graph\n{done.stdout}{done.stderr}"
            )


def timed(commands: dict[str, Command], rounds: int) -> dict[str, list[float]]:
    """Seconds of whole processes, taking turns, so that what else the machine does strikes all alike."""
    seconds: dict[str, list[float]] = {name: [] for name in commands}
    for number in range(rounds + 1):
        for name, command in commands.items():
            started = time.perf_counter()
            done = subprocess.run(command, capture_output=True, text=True, check=False)
            taken = time.perf_counter() - started
            if done.returncode:
                raise SystemExit(f"{name}: status {done.returncode}\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
            if number:  # The first round fills caches: of files, and ours of schemas.
                seconds[name].append(taken)
    return seconds


def identical(command: Command, runs: int) -> bool:
    """Whether runs of one command print the same bytes."""
    printed = (subprocess.run(command, capture_output=True, check=False) for _ in range(runs))
    return len({(done.returncode, done.stdout, done.stderr) for done in printed}) == 1


def compared(medians: dict[str, float]) -> list[Bound]:
    """The ratios that this project promises."""
    ours = medians["ours"]
    return [
        Bound(
            "times faster than kubectl-validate", medians["kubectl-validate"] / ours, TIMES_FASTER, at_least=True
        ),
        Bound("times as long as kubeconform", ours / medians["kubeconform"], TIMES_SLOWER, at_least=False),
        Bound(f"one file, to `{IMPORT}`", medians["ours, cold"] / medians["import"], TIMES_IMPORT, at_least=False),
    ]


if __name__ == "__main__":
    sys.exit(main())
