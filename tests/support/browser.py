"""A browser, and the built site on a server of its own: fixtures that conftest.py hands to the tests."""

from __future__ import annotations

import functools
import http.server
import os
import shutil
import threading
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from support.http_server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conftest import Build

SIZES = {"telephone": (390, 844), "desk": (1440, 900)}
SCHEMES = {"light": "default", "dark": "slate"}
TIMEOUT = 120_000
"""Milliseconds, for whatever a page is waited for: only what hangs takes as long."""


class Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""


def copied_by(page: Page, button: Locator) -> str:
    """What a click on a button puts on the clipboard: the click ends before that is done."""
    page.evaluate("navigator.clipboard.writeText('nothing yet')")
    button.click()
    page.wait_for_function("navigator.clipboard.readText().then((text) => text !== 'nothing yet')")
    return str(page.evaluate("navigator.clipboard.readText()"))


@pytest.fixture(scope="session")
def address(site: Build) -> Iterator[str]:
    """Where the site is served."""
    handler = functools.partial(Quiet, directory=str(site.folder))
    with Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}/"
        server.shutdown()
        thread.join()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    program = os.environ.get("CHROMIUM") or shutil.which("chromium") or shutil.which("google-chrome")
    if not program:
        pytest.skip("no Chromium on this machine; install it or name it in CHROMIUM")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=["--no-sandbox"])
        yield browser
        browser.close()


@pytest.fixture
def open_page(browser: Browser) -> Iterator[functools.partial[Page]]:
    """Opens an empty page: `open_page(size="desk", scheme="dark")`."""
    contexts = []

    def make(size: str = "desk", scheme: str = "light", **options: object) -> Page:
        width, height = SIZES[size]
        context = browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme=scheme,
            reduced_motion="reduce",
            **options,
        )
        context.set_default_timeout(TIMEOUT)
        contexts.append(context)
        page = context.new_page()
        page.on("requestfailed", lambda request: print(f"not loaded: {request.url}: {request.failure}"))
        return page

    yield make
    for context in contexts:
        context.close()
