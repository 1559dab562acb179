"""Links to other hosts: found in the built pages, and asked. The other host is one of this test's own."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING

import pytest

from docs_site.outside import check, links
from project.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Host(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(int(self.path.strip("/")))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def host() -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), Host)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_dead_links_are_told_with_their_pages(tmp_path: Path, host: str) -> None:
    (tmp_path / "a.html").write_text(
        f'<a href="{host}/200#part">x</a><a href="b.html">y</a><a href="{host}/404">z</a>'
    )
    (tmp_path / "b.html").write_text(f'<a href="{host}/404">x</a><a href="{host}/403">y</a><img src="{host}/500">')
    assert links(tmp_path) == {
        f"{host}/200": ["a.html"],
        f"{host}/403": ["b.html"],
        f"{host}/404": ["a.html", "b.html"],
    }
    assert list(check(tmp_path, Progress())) == [f"a.html, b.html: {host}/404 answers 404"]


def test_a_host_that_does_not_answer(tmp_path: Path) -> None:
    (tmp_path / "a.html").write_text('<a href="http://127.0.0.1:9/">x</a>')
    (line,) = check(tmp_path, Progress())
    assert line.startswith("a.html: http://127.0.0.1:9/ does not answer: ")
