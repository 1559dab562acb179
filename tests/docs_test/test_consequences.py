"""One wrong command is one error: what follows from it is not reported."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs_test.checks.lint import lint

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGE = """\
---
title: A
tutorial: {}
---

# A

```yaml { .file title="a.yaml" }
apiVersion: v1
kind: Pod
metadata: {name: one}
spec: {containers: [{name: c, image: i}]}
```

```bash { .run #apply }
kubectl apply -f a.yaml
```

```bash { .run }
kubectl wait pod/one --for=condition=Ready
```

```bash { .run }
kubectl logs one
kubectl get pod one
```

```bash { .run .cleanup }
kubectl delete pod one
```
"""


@pytest.mark.parametrize(
    ("old", "new", "found"),
    [
        ("kubectl apply", "kubectl aply", ["16:9: kubectl 1.35.4 has no 'aply'"]),
        ("kubectl apply", "kubctl apply", ["16:1: 'kubctl' is not a program known here"]),
        ("apply -f a", "apply --fiel a", ["16:15: kubectl apply 1.35.4 has no flag '--fiel'"]),
        (".run #apply", ".rnu #apply", ["15:11: unknown role '.rnu'"]),
        (".run #apply", ".run #apply data-exti='1'", ["15:23: unknown attribute 'data-exti'"]),
        ("wait pod/one", "wait pod/onne", ["20:18: nothing makes the Pod 'onne'"]),
        ("delete pod one", "delete pod onne", ["29:20: nothing makes the Pod 'onne'"]),
        (
            "kubectl apply -f a.yaml\n```\n\n",
            "kubectl apply -f a.yaml\n\n",
            ["18: '```bash"],
        ),
        ("kubectl apply -f a.yaml", "true", ["20:18: nothing makes the Pod 'one'"]),
        # Two mistakes are two errors.
        ("logs one\nkubectl get pod one", "logs onne\nkubectl get pod oone", ["24:14: nothing", "25:17: nothing"]),
        ("", "", []),
    ],
)
def test_the_first_mistake_alone(old: str, new: str, found: list[str], site_with: Callable[..., Path]) -> None:
    text = PAGE.replace(old, new, 1) if old else PAGE
    report = lint(site_with({"a.md": text}), ["docs/a.md"])
    said = [str(problem).removeprefix("docs/a.md:") for problem in report.problems]
    assert len(said) == len(found), said
    for one, beginning in zip(said, found, strict=True):
        assert one.startswith(beginning), one


def test_an_allowance_of_what_follows_is_used_all_the_same(site_with: Callable[..., Path]) -> None:
    """Else the mistake would have a new consequence: that the allowance has nothing to allow."""
    text = PAGE.replace("kubectl apply", "kubectl aply").replace(
        ".run }\nkubectl wait", '.run data-allow="unknown-object: on purpose" }\nkubectl wait'
    )
    (problem,) = lint(site_with({"a.md": text}), ["docs/a.md"]).problems
    assert "has no 'aply'" in problem.fact
