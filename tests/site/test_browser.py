"""The site in a browser, at the widths of a telephone and a desk, light and dark."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from conftest import Build

pytestmark = pytest.mark.browser

PAGES = [
    "kubernetes/",
    "kubernetes/quick-deploy/",
    "examples/",
    "contribute/tutorials/",
    "reference/api/dynamographdeployment-v1alpha1/",
]
SIZES = {"telephone": (390, 844), "desk": (1440, 900)}


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture(scope="module")
def address(site: Build) -> Iterator[str]:
    handler = functools.partial(Quiet, directory=str(site.folder))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        pytest.skip("no Chromium on this machine; install it or name it in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture(params=SIZES)
def size(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture(params=["light", "dark"])
def scheme(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def page(browser: Browser, size: str, scheme: str) -> Iterator[Page]:
    width, height = SIZES[size]
    context = browser.new_context(viewport={"width": width, "height": height}, color_scheme=scheme)
    yield context.new_page()
    context.close()


@pytest.mark.parametrize("name", PAGES)
def test_page_loads_only_itself_and_fits(  # noqa: PLR0917 - pytest passes fixtures by name
    page: Page, address: str, name: str, size: str, scheme: str, root: Path
) -> None:
    requests: list[str] = []
    errors: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.on("pageerror", lambda error: errors.append(str(error)))
    page.on("response", lambda response: errors.append(response.url) if response.status >= 400 else None)
    page.goto(address + name, wait_until="networkidle")
    page.evaluate("document.querySelectorAll('details').forEach(it => it.open = true)")
    shots = root / "build/screenshots"
    shots.mkdir(parents=True, exist_ok=True)
    stem = name.strip("/").replace("/", "-")
    page.screenshot(path=shots / f"{stem}-{size}-{scheme}.png", full_page=True)
    assert [url for url in requests if not url.startswith((address, "data:", "blob:"))] == []
    assert errors == []
    too_wide = "[document.documentElement.scrollWidth, window.innerWidth]"
    scroll, inner = page.evaluate(too_wide)
    assert scroll <= inner
    shown = page.evaluate("document.body.getAttribute('data-md-color-scheme')")
    assert shown == {"light": "default", "dark": "slate"}[scheme]


def test_search_finds_the_tutorial_and_asks_no_other_host(page: Page, address: str, size: str) -> None:
    requests: list[str] = []
    page.on("request", lambda request: requests.append(request.url))
    page.goto(address + "kubernetes/", wait_until="networkidle")
    if size == "telephone":
        page.locator("label.md-header__button[for=__search]").click()
    page.locator("input.md-search__input").click()
    page.locator("input.md-search__input").press_sequentially("port-forward")
    first = page.locator(".md-search-result__item a").first
    first.wait_for()
    assert "quick-deploy" in (first.get_attribute("href") or "")
    assert [url for url in requests if not url.startswith((address, "data:", "blob:"))] == []


def test_copied_command_is_the_command_alone(browser: Browser, address: str) -> None:
    context = browser.new_context(permissions=["clipboard-read", "clipboard-write"])
    page = context.new_page()
    page.goto(address + "kubernetes/quick-deploy/", wait_until="networkidle")
    step = page.locator(".highlight.run", has_text="kubectl apply")
    step.hover()
    step.locator("button").first.click()
    assert page.evaluate("navigator.clipboard.readText()").strip() == "kubectl apply -f dgd-quickstart.yaml"
    output = page.locator(".highlight.output").first
    assert output.locator("button:visible").count() == 0
    context.close()


def test_decision_is_made_with_the_keyboard_and_without_scripts(browser: Browser, address: str) -> None:
    context = browser.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    page.goto(address + "kubernetes/")
    ways = [page.locator(f".choose-{name}") for name in ("dgdr", "dgd", "unsure")]

    def shown() -> list[bool]:
        return [way.is_visible() for way in ways]

    assert shown() == [True, True, False]  # Nobody has to choose in order to read.
    page.get_by_label("Yes", exact=True).focus()
    page.keyboard.press("Space")
    assert shown() == [True, False, False]
    page.keyboard.press("ArrowRight")
    assert shown() == [False, True, False]
    page.keyboard.press("ArrowRight")
    assert shown() == [False, True, True]
    context.close()


def test_root_leads_to_the_landing_page(browser: Browser, address: str) -> None:
    page = browser.new_page()
    page.goto(address)
    page.wait_for_url(address + "kubernetes/")
    assert page.locator("h1").inner_text().startswith("Dynamo on Kubernetes")
    page.close()
