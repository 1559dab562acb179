"""A manifest that the API server refuses: the failure names where the field is written."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs_test.model import StepKind
from docs_test.outcomes import Failure, FailureKind, Outcome, Output, StepResult
from docs_test.running.refused import VALIDATE, with_field
from groundwork.base.positions import Position
from support.results import page

if TYPE_CHECKING:
    from pathlib import Path

MANIFEST = """\
apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeployment
metadata:
  name: demo
spec:
  components:
    - name: Frontend
      replicaz: 1
---
apiVersion: v1
kind: Service
metadata:
  name: demo
spec:
  ports:
    - port: 80
"""
PAGE = """\
# X

=== "one"

    ```yaml { .file title="in-page.yaml" }
{indented}
    ```

```bash { .run }
kubectl apply -f - <<'EOF'
{manifest}
EOF
```
"""
UNKNOWN = (
    'Error from server (BadRequest): error when creating "STDIN": DynamoGraphDeployment in version "v1beta1" '
    "cannot be handled as a DynamoGraphDeployment: strict decoding error: "
    'unknown field "spec.components[0].replicaz"'
)
INVALID = 'The Service "demo" is invalid: spec.ports[0].port: Invalid value: 80: why'
TOP = 'Error from server (BadRequest): strict decoding error: unknown field "stauts"'
REQUIRED = 'The DynamoGraphDeployment "demo" is invalid: spec.components[0].type: Required value'
HINT = "what the failure said before"


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "docs").mkdir()
    (tmp_path / "examples").mkdir()
    indented = "\n".join(f"    {line}" for line in MANIFEST.rstrip().split("\n"))
    content = PAGE.replace("{indented}", indented).replace("{manifest}", MANIFEST.rstrip())
    (tmp_path / "docs" / "x.md").write_text(content)
    (tmp_path / "examples" / "demo.yaml").write_text(MANIFEST)
    return tmp_path


def saved(name: str, line: int, end: int) -> StepResult:
    return StepResult(StepKind.FILE, Position("docs/x.md", line), end, MANIFEST, Outcome.PASSED, file_name=name)


IN_PAGE = saved("in-page.yaml", 5, 21)
INCLUDED = saved("demo.yaml", 50, 51)


def refused(code: str, said: str, line: int = 24, kind: FailureKind = FailureKind.STATUS) -> StepResult:
    failure = Failure(kind, Position("docs/x.md", line + 1), "fact", HINT)
    end = line + 1 + code.count("\n")
    return StepResult(
        StepKind.RUN, Position("docs/x.md", line), end, code, Outcome.FAILED, output=Output(said), failure=failure
    )


def hint(root: Path, *steps: StepResult) -> str:
    found = with_field(
        steps[-1], page("docs/x.md", steps=steps, inputs={"examples/demo.yaml": "", "gone": ""}), root
    )
    assert found.failure
    return found.failure.hint


HEREDOC = f"kubectl apply -f - <<'EOF'\n{MANIFEST.rstrip()}\nEOF"


@pytest.mark.parametrize(
    ("steps", "where"),
    [
        ((IN_PAGE, refused("kubectl apply -f in-page.yaml", UNKNOWN)), "docs/x.md:13:11"),
        ((INCLUDED, refused("kubectl apply -f demo.yaml", UNKNOWN)), "examples/demo.yaml:8:7"),
        ((refused(HEREDOC, UNKNOWN),), "docs/x.md:33:7"),
        ((refused(HEREDOC.replace("---", "stauts: {}\n---"), TOP),), "docs/x.md:34:1"),
    ],
)
def test_the_field_is_named_where_it_is_written(root: Path, steps: tuple[StepResult, ...], where: str) -> None:
    name = "stauts" if steps[0].output.text == TOP else "spec.components[0].replicaz"
    file, line, column = where.split(":")
    if name != "stauts":
        assert (root / file).read_text().split("\n")[int(line) - 1][int(column) - 1 :].startswith("replicaz")
    assert hint(root, *steps) == f"{name} is at {where}; {VALIDATE}"


@pytest.mark.parametrize(
    ("said", "where"),
    [
        (INVALID, "spec.ports[0].port is at examples/demo.yaml:16:7"),
        (REQUIRED, "spec.components[0].type is at examples/demo.yaml:7:7"),
    ],
)
def test_the_document_of_the_kind_counts_and_the_nearest_field(root: Path, said: str, where: str) -> None:
    assert hint(root, INCLUDED, refused("kubectl apply -f demo.yaml", said)) == f"{where}; {VALIDATE}"


@pytest.mark.parametrize(
    "steps",
    [
        (INCLUDED, refused("kubectl apply -f demo.yaml", "no field is named")),
        (INCLUDED, refused("kubectl apply -f demo.yaml", 'unknown field "spec.elsewhere.x"')),
        (INCLUDED, refused("kubectl apply -f other-demo.yaml", UNKNOWN)),
        (INCLUDED, refused("grep x demo.yaml", UNKNOWN)),
        (INCLUDED, refused("kubectl apply -f demo.yaml", UNKNOWN, kind=FailureKind.TIMEOUT)),
        (INCLUDED, refused("kubectl apply -f demo.yaml", "denied the request: metadata.name: Invalid value")),
        (saved("demo.yaml", 5, 6), refused("kubectl apply -f in-page.yaml", UNKNOWN)),
    ],
    ids=["no field", "no such field", "another file", "no kubectl", "a time limit", "two documents", "not shown"],
)
def test_what_is_not_known_for_sure_is_left(root: Path, steps: tuple[StepResult, ...]) -> None:
    assert hint(root, *steps) == HINT
