"""The HTML report: pages as rendered, beside each step what happened; nothing in it runs or asks for anything."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from typing import TYPE_CHECKING

import pytest

from docs_test.cli.main import main
from docs_test.html_report.clean import VOID, Cleaner
from docs_test.html_report.report import html
from docs_test.html_report.text import prose, safe
from docs_test.model import Environment, SkipKind
from docs_test.outcomes import Diagnosis, EventSeen, Failure, FailureKind, Outcome, PodSeen
from docs_test.page_results import SkippedBlock
from docs_test.pages.rendered import TOKEN
from docs_test.running.page_run import run_page
from docs_test.tutorials.build import read_tutorials
from groundwork.base.errors import ExitStatus
from groundwork.base.positions import Position
from support.page_runs import Quiet
from support.results import digest, failed, of, page, step, write

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from docs_test.page_results import PageResult

OUTSIDE = re.compile(r"(?:src|srcset|poster|data|action|formaction|background|xlink:href)\s*=\s*[\"']?(?!data:)\w")
TUTORIAL = "---\ntutorial: {platform: none}\n---\n# A page\n\n"
PAGE = f"""{TUTORIAL}Prose with `code`, a [link](other.md#x), one [away](https://example.org/),
an ![image](assets/dot.png).

## First {{ #first }}

```bash {{ .run }}
printf '\\033[31mred\\033[0m <script>alert(1)</script>\\n'
```

```console {{ .output }}
...<script>...
```

<!-- check: echo hidden words; true -->

=== "Tab one"

    ```bash {{ .run }}
    echo HF_TOKEN=hf_abcdefghijklmnopqrstuvwxyz1234567890
    ```

=== "Tab two"

    ```bash {{ .skip data-reason="nobody <b>runs</b> it" }}
    nobody
    ```

!!! note "Mind"

    - In a list:

        ```bash {{ .run }}
        echo one
        ```

        ```console {{ .output }}
        two
        ```

```bash {{ .run }}
echo never
```

```bash {{ .run .cleanup }}
echo cleaned
```
"""


class Tree(HTMLParser):
    """Holds that every element is closed where it should be; notes what is there."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.wrong: list[str] = []
        self.tags: set[str] = set()
        self.ids: list[str] = []
        self.targets: list[str] = []
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.targets += [given["href"] or ""] if "href" in given else []
        if tag not in VOID | {"meta"}:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self.open or self.open.pop() != tag:
            self.wrong.append(tag)


@pytest.fixture
def root(site_with: Callable[..., Path]) -> Path:
    made = site_with({"page.md": PAGE, "other.md": f"{TUTORIAL}Other.\n\n```bash {{ .run }}\ntrue\n```\n"})
    (made / "docs" / "assets").mkdir()
    (made / "docs" / "assets" / "dot.png").write_bytes(b"\x89PNG dot")
    return made


def ran(root: Path, *names: str) -> list[PageResult]:
    tutorials = read_tutorials(root, names or ["docs/page.md"]).tutorials()
    return [run_page(tutorial, Environment(""), Quiet(), run="one") for tutorial in tutorials]


def section(text: str, number: int = 1) -> str:
    return text.partition(f'<section class="page" id="p{number}"')[2].partition("</section>")[0]


def test_a_page_is_shown_with_what_happened(root: Path) -> None:
    pages = ran(root, "docs/page.md", "docs/other.md")
    text = html(of(*pages, options=("--cluster-name", "dev")), root)
    found = section(text)
    assert "<p>Prose with <code>code</code>" in found
    assert '<h3 id="p1-first">First</h3>' in found
    states = re.findall(r'<strong class="state ([\w-]+)">', found)
    #          the page, run, as shown, check, run, skipped, run, not as shown, not run, clean-up
    assert states == [
        "failed",
        "passed",
        "passed",
        "passed",
        "passed",
        "skipped",
        "failed",
        "failed",
        "not-run",
        "passed",
    ]
    assert "hidden check" in found
    assert "echo hidden words; true" in found, "the page does not show it"
    assert '<p class="tab">Tab: Tab one</p>' in found
    assert "nobody &lt;b&gt;runs&lt;/b&gt; it" in found
    assert "<del>- two</del>\n<ins>+ one</ins>" in found
    assert "Hint: if what came is right, show it on the page" in found
    assert "docs-test run docs/page.md --cluster-name dev</code>" in found
    assert '<a href="#p2">link</a>' in found, "a page of the report"
    assert '<a href="https://example.org/">away</a>' in found
    assert '<img src="data:image/png;base64,iVBORyBkb3Q=" alt="image">' in found
    assert '<a href="#p1-failed-4"><code>docs/page.md:' in found
    assert "✗ failed" in found
    assert "<title>Tutorials: 1 passed, 1 failed</title>" in text


def test_it_runs_nothing_and_asks_for_nothing(root: Path) -> None:
    text = html(of(*ran(root)), root)
    tree = Tree(text)
    assert not tree.tags & {"script", "link", "iframe", "object", "form", "input", "svg"}
    assert not OUTSIDE.search(text)
    assert "@import" not in text
    assert "url(" not in text
    assert "default-src &#x27;none&#x27;" in text
    assert (tree.wrong, tree.open) == ([], [])
    assert len(tree.ids) == len(set(tree.ids))
    assert {target[1:] for target in tree.targets if target.startswith("#")} <= set(tree.ids)


def test_what_a_program_printed_is_text(root: Path) -> None:
    text = html(of(*ran(root)), root)
    assert "\\x1b[31mred\\x1b[0m &lt;script&gt;alert(1)&lt;/script&gt;" in text
    assert "\x1b" not in text
    assert "hf_abcdefghij" not in text, "a secret is masked, as in the results"
    assert text.count("HF_TOKEN=***") == 2


def test_a_failure_shows_pods_and_events(root: Path) -> None:
    pod = PodSeen("demo", "web", "Pending, ImagePullBackOff", "It <waits>.", "kubectl logs web", "last words")
    seen = Diagnosis((pod,), (EventSeen("2026-11-24T01:00:00Z", "Failed", "Pod", "web", "no image"),))
    failure = Failure(FailureKind.STATUS, Position("docs/page.md", 11, 3), "no", "a hint", diagnosis=seen)
    result = page("docs/page.md", steps=(failed("no", position=Position("docs/page.md", 10), failure=failure),))
    found = section(html(of(result), root))
    for words in (
        "It &lt;waits&gt;.",
        "look further: kubectl logs web",
        "| last words",
        "no image",
        "page.md:11:3",
    ):
        assert words in found


def test_a_page_that_has_changed_says_so_and_loses_no_step(root: Path) -> None:
    (result,) = ran(root)
    assert "has changed" not in html(of(result), root)
    file = root / "docs" / "page.md"
    file.write_text(PAGE.replace("## First", "New line.\n\n## First").replace("echo never", "echo other"))
    found = section(html(of(result), root))
    assert "The page has changed since it ran (<code>docs/page.md</code>)" in found
    assert "Steps that the page does not have any more" in found
    assert "echo never" in found
    assert found.count('class="step ') >= len(result.steps)


@pytest.mark.parametrize("text", ["# X\n\n{{ nothing }}\n", None])
def test_a_page_that_cannot_be_shown_is_reported_all_the_same(root: Path, text: str | None) -> None:
    (result,) = ran(root)
    file = root / "docs" / "page.md"
    file.unlink() if text is None else file.write_text(text)
    found = section(html(of(result), root))
    assert "The page cannot be shown: " in found
    assert "echo never" in found
    assert "nobody &lt;b&gt;runs&lt;/b&gt; it" in found


def test_results_without_a_site_are_reported(tmp_path: Path) -> None:
    text = html(
        of(page(), page("docs/b.md", outcome=Outcome.SKIPPED, lacks="it needs <GPUs>", steps=())), tmp_path
    )
    assert "no mkdocs.yml" in text
    assert "it needs &lt;GPUs&gt;" in text
    assert "1 passed, 0 failed, 1 skipped" in text


def test_what_belongs_to_no_step_is_shown(root: Path) -> None:
    failure = Failure(FailureKind.INTERRUPTED, Position("docs/other.md"), "interrupted <during> clean-up")
    left = ("configmaps/demo/settings",)
    at = {"inputs": {"docs/other.md": digest(root / "docs" / "other.md")}}
    skipped = (SkippedBlock(Position("docs/other.md", 8), SkipKind.MISSING, "the environment has no GPU"),)
    result = page("docs/other.md", steps=(), failures=(failure,), leftovers=left, skipped=skipped, **at)
    found = section(html(of(result), root))
    assert "interrupted &lt;during&gt; clean-up" in found
    assert "kubectl delete configmaps settings -n demo" in found
    assert "⊘ skipped</strong> · the environment has no GPU" in found


class Around:
    """A report that inserts a word for each mark."""

    def inserted(self, attributes: dict[str, str]) -> str:
        return f"<p>{attributes[TOKEN]}</p>"

    def commented(self, text: str) -> str:
        return f"<p>{text.strip()}</p>" if text.startswith("x") else ""

    def link(self, target: str) -> str:
        return {"a.md": "#p2"}.get(target, "")

    def image(self, source: str) -> str:
        return "data:image/png;base64," if source == "a.png" else ""


LEFT_OUT = '<span class="left-out">[{} is left out of this report]</span>'
MARK = f'<div {TOKEN}="3"></div>'


@pytest.mark.parametrize(
    ("given", "made"),
    [
        ("<p>a & b &lt;c&gt;</p>", "<p>a &amp; b &lt;c&gt;</p>"),
        ("<script>x<b></script><p onclick='x()' style='a:url(x)'>y</p>", "<p>y</p>"),
        ("<a href='javascript:x()'>y</a><a href='JavaScript:x()'>z</a>", "<a>y</a><a>z</a>"),
        ("<a href='a.md'>a</a><a href='b.md'>b</a>", '<a href="#p2">a</a><a>b</a>'),
        ("<a href='#x'>x</a>", '<a href="#p1-x">x</a>'),
        ("<a href='https://e.org/?a=1&amp;b=\"'>e</a>", '<a href="https://e.org/?a=1&amp;b=&quot;">e</a>'),
        ("<img src=a.png alt='A'>", '<img src="data:image/png;base64," alt="A">'),
        ("<img src=//e.org/x.png alt='<X>'>", LEFT_OUT.format("the image (&lt;X&gt;)")),
        ("<svg aria-label='S'><path/><text>t</text></svg>b", LEFT_OUT.format("a picture (S)") + "b"),
        ("</div></section></main><p>x", "<p>x</p>"),
        ("<div><p>x</div>y", "<div><p>x</p></div>y"),
        ("<h1 id=a>T</h1><h1>U</h1><h6 id=b>V</h6>", '<h2>U</h2><h6 id="p1-b">V</h6>'),
        ("<iframe src=x></iframe><object><p>o</p></object><marquee>m</marquee>", "m"),
        ("<p data-docs-test-status>Not yet run <b>x</b></p>y", "y"),
        (f"<pre><b><span class=k>a</span></b></pre>{MARK}", '<pre tabindex="0"><b>a</b></pre><p>3</p>'),
        (f"<p>a{MARK}b</p>c", "<p>ab</p><p>3</p>c"),
        ("<p>a<!--x b-->c</p><!--y-->", "<p>ac</p><p>x b</p>"),
        ("<table><tr><td>a<!--x--></td></tr></table>", "<table><tr><td>a</td><p>x</p></tr></table>"),
    ],
)  # fmt: skip
def test_html_of_a_page_is_made_harmless(given: str, made: str) -> None:
    assert Cleaner(Around(), "p1-", TOKEN).cleaned(given) == made


def test_characters_that_are_not_seen_are_written_out() -> None:
    assert safe("a\tb\n\x07\u202e\x9b\ud800\xa0") == "a\tb\n\\x07\\u202e\\x9b\\ud800\\xa0"
    assert prose("a\tb\n\x07\u202e\xa0\u200d") == "a\tb\n\\x07\\u202e\xa0\u200d"


def test_the_command_writes_it(root: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = write(tmp_path / "r.json", page("docs/other.md", steps=(step(position=Position("docs/other.md", 8)),)))
    made = tmp_path / "new" / "report.html"
    words = ["report", str(file), "--root", str(root), "--html", str(made)]
    assert main(words) == ExitStatus.OK
    assert "Tutorials: 1 passed" in made.read_text(encoding="utf-8")
    assert main([*words[:-1], str(root)]) == ExitStatus.USAGE
    assert "--html" in capsys.readouterr().err
