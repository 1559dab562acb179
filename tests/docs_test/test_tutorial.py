"""From pages to steps."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest

from docs_test.model import Match, SkipKind, Step, StepKind, Tutorial
from docs_test.tutorials.build import read_tutorials
from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

GPU = frozenset({"gpu"})
VARIANTS = """---
tutorial:
  variants: {api: [v1beta1, v1alpha1]}
---
# Variants

```bash { .run #beta data-when="api=v1beta1" }
echo beta
```

```console { .output data-when="api=v1beta1" }
beta
```

```bash { .run #alpha data-when="api=v1alpha1" }
echo alpha
```

```bash { .run data-since="beta alpha" data-within="1m" }
echo both
```
"""


def every_role(
    site_with: Callable[..., Path], cases: Path, *, api: str = "v1beta1", capabilities: frozenset[str] = GPU
) -> Tutorial:
    text = (cases / "good" / "every-role.md").read_text(encoding="utf-8")
    pages = read_tutorials(site_with({"page.md": text}), select={"api": api})
    (tutorial,) = pages.tutorials(capabilities=capabilities)
    return tutorial


def test_steps_of_every_role(site_with: Callable[..., Path], cases: Path) -> None:
    tutorial = every_role(site_with, cases)
    assert tutorial.path == "docs/page.md"
    assert tutorial.title == "Every role"
    assert tutorial.variables == {"NAME": "app", "PORT": "8000"}
    assert tutorial.timeout == 600
    assert tutorial.needs == {"gpu": True}
    assert tutorial.variant == {"api": "v1beta1"}
    assert list(tutorial.inputs) == ["docs/page.md", "examples/app.yaml"]
    app = (cases / "site" / "examples" / "app.yaml").read_bytes()
    assert tutorial.inputs["examples/app.yaml"] == hashlib.sha256(app).hexdigest()
    file, apply, forward, ask, beta, check, cleanup = tutorial.steps
    assert (file.kind, file.file_name) == (StepKind.FILE, "app.yaml")
    assert file.code == (cases / "site" / "examples" / "app.yaml").read_text(encoding="utf-8")
    assert str(file) == "docs/page.md:12"
    assert str(file.lines[0]) == "examples/app.yaml:1"
    assert (apply.identifier, apply.timeout) == ("apply", 90)
    assert apply.expectation is not None
    assert (apply.expectation.match, apply.expectation.text) == (Match.K8S, "configmap/app created")
    assert (forward.background, forward.ready) == (True, "tcp://localhost:8000")
    assert (ask.until, ask.timeout, ask.exit_status, ask.since, ask.within) == (90, 90, 3, "apply", 120)
    assert beta.code == "echo beta"
    assert (check.kind, check.code) == (StepKind.CHECK, "kubectl get pods")
    assert cleanup.cleanup
    assert cleanup.expectation is not None


def test_nothing_is_skipped_without_a_reason(site_with: Callable[..., Path], cases: Path) -> None:
    tutorial = every_role(site_with, cases)
    assert [(skip.kind, skip.reason) for skip in tutorial.skipped] == [
        (SkipKind.SHOWN, "a manifest: validated, not run"),
        (SkipKind.SHOWN, "a fragment: validated, not run"),
        (SkipKind.DECLARED, "needs the chart (runs on helm)"),
        (SkipKind.SHOWN, "mermaid, without a role"),
        (SkipKind.NOT_SELECTED, "for api=v1alpha1; this run is for api=v1beta1"),
    ]
    assert tutorial.skipped[2].text == "helm install dynamo"


def test_missing_capability_of_a_step_and_of_a_page(site_with: Callable[..., Path], cases: Path) -> None:
    alpha = every_role(site_with, cases, api="v1alpha1")
    assert (SkipKind.MISSING, "the environment has no real-gpu") in [(s.kind, s.reason) for s in alpha.skipped]
    without = every_role(site_with, cases, capabilities=frozenset())
    assert without.steps == ()
    assert (SkipKind.MISSING, "the environment has no gpu") in [(s.kind, s.reason) for s in without.skipped]


def test_a_page_of_which_nothing_can_run_does_not_count_as_run(site_with: Callable[..., Path]) -> None:
    text = (
        '---\ntutorial:\n---\n# X\n\n```yaml { .file title="a.yaml" }\na: 1\n```\n\n'
        '```bash { .run data-needs="rdma" }\necho\n```\n\n```bash { .cleanup }\nrm a.yaml\n```\n'
    )
    pages = read_tutorials(site_with({"page.md": text}))
    (without,) = pages.tutorials()
    assert without.lacks == "none of its commands can run here"
    assert [skip.reason for skip in without.skipped] == ["the environment has no rdma"]
    (able,) = pages.tutorials(capabilities=frozenset({"rdma"}))
    assert able.lacks == ""


RUN_ELSEWHERE = """---
tutorial:
  variants: {api: [v1beta1, v1alpha1]}
---
# Elsewhere

```bash { .skip data-reason="r" data-runs-on="helm" data-when="api=v1alpha1" data-timeout="11m" }
echo alpha
```

```bash { .skip data-reason="r" data-runs-on="helm" data-needs="rdma" }
echo rdma
```

```bash { .skip data-reason="r" data-runs-on="helm" }
echo any
```
"""


def test_a_skip_that_runs_elsewhere_keeps_its_variant_needs_and_timeout(site_with: Callable[..., Path]) -> None:
    pages = read_tutorials(site_with({"page.md": RUN_ELSEWHERE}))
    beta, alpha = pages.tutorials(capabilities=frozenset({"helm"}))
    assert [(step.code, step.timeout) for step in beta.steps] == [("echo any", 60)]
    assert [skip.kind for skip in beta.skipped] == [SkipKind.NOT_SELECTED, SkipKind.MISSING]
    assert [(step.code, step.timeout) for step in alpha.steps] == [("echo alpha", 660), ("echo any", 60)]
    assert [skip.reason for skip in alpha.skipped] == ["the environment has no rdma"]
    mock = pages.tutorials()[0].skipped
    assert [skip.kind for skip in mock] == [SkipKind.NOT_SELECTED, SkipKind.DECLARED, SkipKind.DECLARED]


@pytest.mark.parametrize(
    ("select", "codes", "since"),
    [
        ({"api": "v1beta1"}, ["echo beta", "echo both"], "beta"),
        ({"api": "v1alpha1"}, ["echo alpha", "echo both"], "alpha"),
    ],
)
def test_variants(site_with: Callable[..., Path], select: dict[str, str], codes: list[str], since: str) -> None:
    (tutorial,) = read_tutorials(site_with({"page.md": VARIANTS}), select=select).tutorials()
    assert [step.code for step in tutorial.steps] == codes
    assert tutorial.steps[-1].since == since
    assert all(skip.kind is SkipKind.NOT_SELECTED for skip in tutorial.skipped)
    expected = [step.expectation.text for step in tutorial.steps if step.expectation]
    assert expected == (["beta"] if since == "beta" else [])


def test_all_variants_run_unless_one_is_chosen(site_with: Callable[..., Path]) -> None:
    """Each value once, with the first values of the others: not the product, which nobody would wait for."""
    front = "variants: {api: [v1beta1, v1alpha1], backend: [vllm, sglang, trtllm]}"
    text = VARIANTS.replace("variants: {api: [v1beta1, v1alpha1]}", front)
    assert front in text
    root = site_with({"page.md": text})
    chosen = [tuple(tutorial.variant.values()) for tutorial in read_tutorials(root).tutorials()]
    assert chosen == [("v1beta1", "vllm"), ("v1alpha1", "vllm"), ("v1beta1", "sglang"), ("v1beta1", "trtllm")]
    chosen = [tuple(one.variant.values()) for one in read_tutorials(root, select={"api": "v1alpha1"}).tutorials()]
    assert chosen == [("v1alpha1", "vllm"), ("v1alpha1", "sglang"), ("v1alpha1", "trtllm")]


@pytest.mark.parametrize(
    ("select", "message"),
    [
        ({"apis": "v1beta1"}, "no page has the variant 'apis'\nhint: did you mean 'api'?"),
        ({"api": "v2"}, "the variant 'api' has no value 'v2'\nhint: api is v1beta1 or v1alpha1"),
    ],
)
def test_unknown_selection(site_with: Callable[..., Path], select: dict[str, str], message: str) -> None:
    with pytest.raises(UserError) as error:
        read_tutorials(site_with({"page.md": VARIANTS}), select=select).tutorials()
    assert str(error.value) == message


def test_promise_counted_from_a_step_that_is_not_run(site_with: Callable[..., Path]) -> None:
    root = site_with({"page.md": VARIANTS.replace("beta alpha", "beta")})
    assert read_tutorials(root, select={"api": "v1beta1"}).tutorials()
    with pytest.raises(UserError, match="data-since names beta, which is not run here") as error:
        read_tutorials(root, select={"api": "v1alpha1"}).tutorials()
    assert str(error.value.where) == "docs/page.md:19"


def tutorial_page(after: str = "") -> str:
    front = f"  after: {after}\n" if after else "  timeout: 5m\n"
    return f"---\ntutorial:\n{front}---\n# Page\n\n```bash {{ .run }}\necho\n```\n"


def test_pages_run_after_those_they_name(site_with: Callable[..., Path]) -> None:
    root = site_with(
        {
            "a.md": tutorial_page("[docs/c.md]"),
            "b.md": tutorial_page(),
            "c.md": tutorial_page("sub/d.md"),
            "sub/d.md": tutorial_page(),
            "plain.md": "# No tutorial\n",
        }
    )
    order = [tutorial.path for tutorial in read_tutorials(root).tutorials()]
    assert order == ["docs/b.md", "docs/sub/d.md", "docs/c.md", "docs/a.md"]
    assert [tutorial.path for tutorial in read_tutorials(root, ["docs/a.md", "docs/b.md"]).tutorials()] == [
        "docs/a.md",
        "docs/b.md",
    ]


def test_circle_of_pages(site_with: Callable[..., Path]) -> None:
    root = site_with({"a.md": tutorial_page("[docs/b.md]"), "b.md": tutorial_page("[docs/a.md]")})
    with pytest.raises(UserError, match=r"in a circle: (docs/..md) after docs/..md after \1") as error:
        read_tutorials(root).tutorials()
    assert str(error.value.where).endswith(".md:3:3")


def test_unknown_page_after(site_with: Callable[..., Path]) -> None:
    root = site_with({"a.md": tutorial_page("[docs/bb.md]"), "b.md": tutorial_page()})
    with pytest.raises(UserError) as error:
        read_tutorials(root).tutorials()
    assert (
        str(error.value)
        == "docs/a.md:3:3: 'after' names 'docs/bb.md', which is not a page\nhint: did you mean 'docs/b.md'?"
    )


@pytest.mark.parametrize(
    ("page", "message"),
    [
        ("docs/plain.md", "docs/plain.md:1: this page is not a tutorial"),
        ("docs/plane.md", "'docs/plane.md' is not a page of this site\nhint: did you mean 'docs/plain.md'?"),
    ],
)
def test_page_that_cannot_be_run(site_with: Callable[..., Path], page: str, message: str) -> None:
    root = site_with({"plain.md": "# No tutorial\n"})
    with pytest.raises(UserError) as error:
        read_tutorials(root, [page]).tutorials()
    assert str(error.value).startswith(message)


def test_mistakes_of_all_pages_are_reported_together(site_with: Callable[..., Path]) -> None:
    wrong = tutorial_page().replace(".run", ".rum")
    root = site_with({"a.md": wrong, "b.md": tutorial_page("[a.md]") + "\n```bash\n```\n" + "\n{% if %}\n"})
    with pytest.raises(UserError) as error:
        read_tutorials(root).tutorials()
    assert [str(problem.position) for problem in error.value.problems] == ["docs/a.md:7:11", "docs/b.md:14"]
    assert str(error.value).startswith(
        "docs/a.md:7:11: unknown role '.rum'\nhint: did you mean '.run'?\ndocs/b.md:14: "
    )


def test_code_is_what_the_page_shows(site_with: Callable[..., Path]) -> None:
    text = "---\ntutorial:\n---\n```bash { .run }\ncat <<EOF\n\n  {{ model }}\nEOF\n```\n"
    (tutorial,) = read_tutorials(site_with({"page.md": text})).tutorials()
    (step,) = tutorial.steps
    assert isinstance(step, Step)
    assert step.code == "cat <<EOF\n\n  Qwen/Qwen3-0.6B\nEOF"
    assert [place.line for place in step.lines] == [5, 6, 7, 8]
