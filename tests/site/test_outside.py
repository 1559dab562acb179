"""Links to other hosts: found in the built pages, and asked. The other host is one of this test's own."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING

import pytest

from docs_site.build import outside
from docs_site.build.outside import check, links
from groundwork.system.progress import Progress
from support.http_server import Server

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


class Host(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response({"/%C3%BC/a%20b%2F?x=%C3%BC&y": 200}.get(self.path) or int(self.path.strip("/")))
        self.end_headers()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def host() -> Iterator[str]:
    server = Server(("127.0.0.1", 0), Host)
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


def test_an_address_that_is_none_does_not_end_the_check(tmp_path: Path, host: str) -> None:
    bad = ["http://127.0.0.1:x/", "http://[::1/x#y", "http://a b.invalid/"]
    (tmp_path / "a.html").write_text("".join(f'<a href="{address}">x</a>' for address in [*bad, f"{host}/404"]))
    said = list(check(tmp_path, Progress()))
    assert said[0] == f"a.html: {host}/404 answers 404"
    assert len(said) == 4
    assert [line for line in said if "is no address: Invalid IPv6 URL" in line]


def test_an_address_is_asked_as_a_browser_writes_it(host: str) -> None:
    assert outside.problem(f"{host}/ü/a b%2F?x=ü&y") == ""
    assert outside._sent("https://bücher.example:80/") == "https://xn--bcher-kva.example:80/"


def test_a_site_without_dead_links_is_said_to_be_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "site").mkdir()
    monkeypatch.setattr(outside, "root", lambda: tmp_path)
    assert outside.main([]) == 0
    assert capsys.readouterr().out == "every link to another host leads somewhere\n"
