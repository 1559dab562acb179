"""Every page in a browser, at the widths of a telephone and a desk, light and dark."""

from __future__ import annotations

import os
import subprocess
from typing import TYPE_CHECKING

import pytest
from axe_playwright_python.sync_playwright import Axe

from docs_site.downloads.offer import PLACEHOLDER
from docs_site.pages.navigation import Entry
from groundwork.base.paths import root as project_root
from support.browser import SCHEMES, SIZES, copied_by

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from playwright.sync_api import Page, Route

    from conftest import Build

pytestmark = pytest.mark.browser

DOCS = project_root() / "docs"
SOURCES = [file.relative_to(DOCS).as_posix() for file in sorted(DOCS.rglob("*.md"))]
PAGES = [Entry((), source).built for source in [*SOURCES, "examples/README.md"]]
SHOWN = {"kubernetes/index.html", "kubernetes/quick-deploy.html", "examples/index.html"}
"""Pages with every kind of block: axe sees them in every size and scheme, and their pictures are kept."""
ALIKE = "reference/api/"
"""Pages that one generator makes, long ones: axe reads them in the soak alone."""
AT_REST = "* { transition: none !important; animation: none !important; }"
"""A colour that is still changing has no contrast to be measured."""


def soaked(name: str) -> object:
    """A page for the long tests."""
    return pytest.param(name, marks=pytest.mark.soak(part="axe"))


def violations(page: Page) -> list[str]:
    """What axe finds, one line for each element."""
    found = Axe().run(page).response["violations"]
    return [f"{item['id']}: {node['html']}: {node['failureSummary']}" for item in found for node in item["nodes"]]


CUT_OFF = """() => [...document.querySelectorAll(".language-bash:is(.run, .skip) > pre > code")]
  .filter((code) => code.scrollWidth > code.clientWidth + 1).map((code) => code.textContent)"""
"""Blocks of commands that are wider than the page; the space of the button that copies them counts."""


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("name", PAGES)
def test_page_asks_no_other_host_and_fits(
    open_page: Callable[..., Page], address: str, name: str, size: str
) -> None:
    page = open_page(size)
    requests: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("response", lambda response: errors.append(response.url) if response.status >= 400 else None)
    page.goto(address + name)
    page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
    scroll, inner = page.evaluate("[document.documentElement.scrollWidth, window.innerWidth]")
    assert scroll <= inner
    if size == "desk":
        assert page.evaluate(CUT_OFF) == [], "break the command after a backslash"
    assert [url for url in requests if not url.startswith((address, "data:", "blob:"))] == []
    assert errors == []


def test_commands_fetch_from_where_the_reader_reads(open_page: Callable[..., Page], address: str) -> None:
    page = open_page("desk")
    page.goto(f"{address}reference/get-the-tools.html")
    commands = "\n".join(page.locator("pre > code").all_text_contents())
    assert f"{address}downloads/" in commands
    assert PLACEHOLDER not in commands


def at_rest(page: Page, url: str, scheme: str) -> None:
    """Open a page with every folded block open, in the colours of a scheme, and nothing that moves."""
    page.goto(url)
    page.add_style_tag(content=AT_REST)
    page.evaluate("value => document.body.setAttribute('data-md-color-scheme', value)", SCHEMES[scheme])
    page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")


@pytest.mark.parametrize("name", [soaked(name) if name.startswith(ALIKE) else name for name in PAGES])
def test_axe_finds_no_violation(open_page: Callable[..., Page], address: str, name: str) -> None:
    page = open_page("desk")
    at_rest(page, address + name, "light")
    assert violations(page) == []


@pytest.mark.parametrize(("size", "scheme"), [("desk", "dark"), ("telephone", "light"), ("telephone", "dark")])
@pytest.mark.parametrize("name", [name if name in SHOWN else soaked(name) for name in PAGES])
def test_axe_finds_no_violation_elsewhere(  # noqa: PLR0917 - pytest passes fixtures by name
    open_page: Callable[..., Page], address: str, name: str, size: str, scheme: str, root: Path
) -> None:
    page = open_page(size)
    at_rest(page, address + name, scheme)
    if name in SHOWN:
        shots = root / "build/screenshots"
        shots.mkdir(parents=True, exist_ok=True)
        stem = name.removesuffix(".html").replace("/", "-")
        page.screenshot(path=shots / f"{stem}-{size}-{scheme}.png", full_page=True)
    assert violations(page) == []


@pytest.mark.parametrize("scheme", SCHEMES)
def test_axe_finds_no_violation_with_the_marks_of_an_older_release(
    open_page: Callable[..., Page], address: str, scheme: str
) -> None:
    page = open_page("telephone")
    at_rest(page, address + "kubernetes/dgdr.html", scheme)
    page.get_by_label("I run Dynamo").select_option("1.4.2")
    assert page.locator(".release-lacks").count() > 1
    assert violations(page) == []
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_axe_notices_what_is_wrong(open_page: Callable[..., Page], address: str) -> None:
    page = open_page()
    page.goto(address + "kubernetes/index.html")
    page.evaluate("document.querySelector('article').insertAdjacentHTML('beforeend', '<img src=\"x.png\">')")
    assert [line.partition(":")[0] for line in violations(page)] == ["image-alt"]


@pytest.mark.parametrize("scheme", SCHEMES)
def test_page_follows_the_system_s_colours(open_page: Callable[..., Page], address: str, scheme: str) -> None:
    page = open_page(scheme=scheme)
    page.goto(address + "kubernetes/index.html")
    assert page.evaluate("document.body.getAttribute('data-md-color-scheme')") == SCHEMES[scheme]


def test_copied_command_is_the_command_alone(open_page: Callable[..., Page], address: str, tmp_path: Path) -> None:
    page = open_page(permissions=["clipboard-read", "clipboard-write"])
    page.goto(address + "kubernetes/quick-deploy.html", wait_until="networkidle")
    step = page.locator(".highlight.run", has_text="kubectl apply")
    step.hover()
    command = copied_by(page, step.locator("button").first)
    assert command.strip() == "kubectl apply -f dgd-quickstart.yaml"
    output = page.locator(".highlight.output").first
    assert output.locator("button:visible").count() == 0
    # As a command, the manifest reaches kubectl, or its file, as it is.
    copied = [copied_by(page, button) for button in page.locator(".copy-as").first.locator("button").all()]
    assert [text.partition("\n")[0] for text in copied] == [
        "kubectl apply -f - <<'EOF'",
        "cat >dgd-quickstart.yaml <<'EOF'",
    ]
    kubectl = tmp_path / "kubectl"
    kubectl.write_text('#!/bin/sh\nexec cat >"$0.$*"\n')
    kubectl.chmod(0o755)
    env = {**os.environ, "PATH": f"{tmp_path}:{os.environ['PATH']}"}
    subprocess.run(["bash", "-e"], input="".join(copied), cwd=tmp_path, env=env, text=True, check=True)
    manifest = (project_root() / "examples/quickstart/dgd-quickstart-v1beta1.yaml").read_text(encoding="utf-8")
    assert (tmp_path / "kubectl.apply -f -").read_text(encoding="utf-8") == manifest
    assert (tmp_path / "dgd-quickstart.yaml").read_text(encoding="utf-8") == manifest
    # Why a block is not run is said at its corner, to a keyboard as well.
    mark = page.locator(".skip-mark").first
    mark.focus()
    assert mark.get_attribute("aria-label") == (
        "Not run by this site's tests: the test of this page has a namespace of its own."
    )


def test_decision_is_made_with_the_keyboard_and_without_scripts(
    open_page: Callable[..., Page], address: str
) -> None:
    page = open_page("telephone", java_script_enabled=False)
    page.goto(address + "kubernetes/index.html")
    ways = [page.locator(f".choose-{name}") for name in ("dgdr", "dgd", "unsure")]
    commands = [way.locator(".choose-commands") for way in ways[:2]]

    def shown() -> list[bool]:
        return [way.is_visible() for way in ways]

    assert shown() == [True, True, False]  # Nobody has to choose in order to read.
    assert [one.is_visible() for one in commands] == [False, False]
    page.get_by_label("Yes", exact=True).focus()
    page.keyboard.press("Space")
    assert shown() == [True, False, False]
    assert "kubectl apply -f dgdr-quickstart.yaml" in commands[0].inner_text()
    page.keyboard.press("ArrowRight")
    assert shown() == [False, True, False]
    assert "kubectl apply -f dgd-quickstart.yaml" in commands[1].inner_text()
    page.keyboard.press("ArrowRight")
    assert shown() == [False, True, True]


FOUND = {
    "JobCreationFailed": "dgdr-job-creation",
    "profiling takes forever": "dgdr-profiling-long",
    "500": "dgd-500",
    "timeout": "dgd-500",
    "Unschedulable": "pod-pending",
    "Back-off pulling image": "pod-image",
    "Evicted": "pod-evicted",
}
"""What readers typed and did not find, and the section that has it."""


def test_troubleshooting_is_filtered_by_what_a_reader_sees(open_page: Callable[..., Page], address: str) -> None:
    page = open_page("telephone")
    page.goto(address + "kubernetes/troubleshooting.html")
    shown = page.locator("article h3:visible")
    every = shown.count()
    assert every > 50
    box = page.get_by_label("What do you see?")
    box.fill("my Pod is in CrashLoopBackOff, why?")
    assert 1 <= shown.count() < 6
    assert page.locator("#pod-crash").is_visible()
    assert page.locator("article table:visible").count() == 0
    assert page.locator(".symptoms output").inner_text() == f"{shown.count()} of {every} symptoms"
    for said, anchor in FOUND.items():
        box.fill(said)
        assert 1 <= shown.count() < 6, said
        assert page.locator(f"#{anchor}").is_visible(), said
    box.fill("zzqxwv")
    assert shown.count() == 0
    assert page.locator(".symptoms output").inner_text().startswith("Nothing found")
    assert page.locator("article table:visible").count() == 1
    assert page.locator("article a[href='it-failed.html']").first.is_visible()
    page.evaluate("location.hash = '#dgdr-secret'")
    page.wait_for_selector("#dgdr-secret")
    assert (shown.count(), box.input_value()) == (every, "")


def test_root_leads_to_the_landing_page(open_page: Callable[..., Page], address: str) -> None:
    page = open_page()
    page.goto(address)
    page.wait_for_url(address + "kubernetes/index.html")
    assert page.locator("h1").inner_text().startswith("Dynamo on Kubernetes")


@pytest.mark.parametrize("below", ["", "project/docs/"])
def test_page_that_does_not_exist_leads_back_from_wherever_the_site_is(
    open_page: Callable[..., Page], site: Build, below: str
) -> None:
    page = open_page("telephone")
    host = "http://docs.example/"

    def answer(route: Route) -> None:
        path = route.request.url.removeprefix(host).partition("?")[0].removeprefix(below)
        file = site.folder / path
        there = route.request.url.startswith(host + below) and file.is_file()
        route.fulfill(path=file if there else site.folder / "404.html", status=200 if there else 404)

    page.route("**/*", answer)
    page.goto(f"{host}{below}kubernetes/old/gone.html")
    page.wait_for_function("location.pathname === document.querySelector('#asked').textContent")
    landing = f"{host}{below}kubernetes/index.html"
    page.wait_for_function("address => document.querySelector('a').href === address", arg=landing)
    links = page.eval_on_selector_all("a", "links => links.map((link) => link.href)")
    assert [link for link in links if not (site.folder / link.removeprefix(host + below)).is_file()] == []
    assert violations(page) == []
    page.get_by_label("Search").fill("port-forward")
    page.get_by_role("button").click()
    page.wait_for_url(f"{landing}?q=port-forward")
    page.wait_for_selector(".md-search-result__item >> text=Quick Deploy")


REACHABLE = """() => {
  const shown = (it) => it.checkVisibility({ visibilityProperty: true, opacityProperty: true })
    && it.getClientRects().length > 0;
  const labels = "label.md-header__button, label.md-nav__link[for], .tabbed-labels > label";
  const hands = [...document.querySelectorAll("a[href], button, summary, input[type=text], " + labels)];
  return hands.filter((it) => shown(it) && !it.closest(".md-overlay")
    && getComputedStyle(it).pointerEvents !== "none" && it.getBoundingClientRect().width > 1);
}"""
"""What a mouse can press or type into."""


def reached_by_tab(page: Page, most: int = 400) -> int:
    """Press Tab until the focus is where it was; marks every element that had it. Returns how many times."""
    page.evaluate(
        """() => document.addEventListener("focusin", (event) => {
          if (event.target.dataset.reached) window.around = true;
          event.target.dataset.reached = "yes";
        })"""
    )
    for count in range(1, most + 1):
        page.keyboard.press("Tab")
        if page.evaluate("window.around"):
            return count
    raise AssertionError(f"the focus is not around the page after {most} times Tab")


MISSED = f"""() => ({REACHABLE})().filter((it) => {{
  if (it.dataset.reached) return false;
  const label = it.closest("label");
  const control = label && document.getElementById(label.htmlFor);
  if (!control) return true;
  if (control.type !== "radio") return !control.dataset.reached;
  // Of radio buttons, Tab reaches one, the arrow keys the others.
  return ![...document.getElementsByName(control.name)].some((other) => other.dataset.reached);
}}).map((it) => it.outerHTML.slice(0, 200))"""


@pytest.mark.parametrize("size", SIZES)
def test_keyboard_reaches_everything(open_page: Callable[..., Page], address: str, size: str) -> None:
    page = open_page(size)
    page.goto(address + "kubernetes/quick-deploy.html", wait_until="networkidle")
    page.add_style_tag(content=AT_REST)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.matches('a.md-skip')"), "the first Tab leads past the navigation"
    page.evaluate("document.activeElement.dataset.reached = 'yes'")
    assert reached_by_tab(page) > 30
    assert page.evaluate(MISSED) == []
    kinds = ["a.md-skip", ".md-search__input", ".tabbed-set > input", ".md-code__button", "summary", ".md-option"]
    if size == "desk":
        kinds += [".md-nav--primary a", ".md-nav--secondary a"]
    else:
        kinds.remove(".md-search__input")
        kinds += ["label[for=__drawer]", "label[for=__search]"]
    assert [kind for kind in kinds if page.locator(f"{kind}[data-reached]").count() == 0] == []


def test_what_the_keyboard_does_not_reach_is_noticed(open_page: Callable[..., Page], address: str) -> None:
    page = open_page()
    page.goto(address + "kubernetes/index.html", wait_until="networkidle")
    page.evaluate("document.querySelectorAll('article a').forEach((link) => { link.tabIndex = -1; })")
    reached_by_tab(page)
    assert page.locator("article a:not(.headerlink):visible").count() == len(page.evaluate(MISSED)) > 5


def test_keyboard_opens_menu_search_and_tabs(open_page: Callable[..., Page], address: str) -> None:
    page = open_page("telephone")
    page.goto(address + "kubernetes/quick-deploy.html", wait_until="networkidle")
    page.locator("label.md-header__button[for=__search]").focus()
    page.keyboard.press("Enter")
    page.keyboard.type("gpu")
    assert page.locator("input.md-search__input").input_value() == "gpu"
    page.keyboard.press("Escape")
    page.locator("label.md-header__button[for=__drawer]").focus()
    page.keyboard.press("Enter")
    assert page.locator("#__drawer").is_checked()
    first = page.locator(".tabbed-set > input").first
    first.focus()
    page.keyboard.press("ArrowRight")
    assert page.locator(".tabbed-set > input").nth(1).is_checked()
