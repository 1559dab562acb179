"""Send requests to an OpenAI-compatible server at an even rate, and print what a client sees of it.

Every five seconds a line: requests that ended, those still open, those that failed, and the median of the time to
first token (TTFT) and of the inter-token latency (ITL) of those that ended. Python's standard library is enough.
"""

import argparse
import http.client
import json
import random
import threading
import time
from statistics import median
from urllib.parse import urlsplit

WORDS = (
    "the",
    "of",
    "and",
    "to",
    "in",
    "is",
    "that",
    "for",
    "it",
    "as",
    "with",
    "on",
    "be",
    "by",
    "this",
    "are",
    "or",
)
SECONDS = 5


class Load:
    """Requests in flight, and what became of the others since the last line."""

    def __init__(self, options: argparse.Namespace) -> None:
        self.options, self.lock = options, threading.Lock()
        self.open, self.done, self.failed = 0, 0, 0
        self.all_done, self.all_failed = 0, 0
        self.ttft: list[float] = []
        self.itl: list[float] = []

    def request(self) -> None:
        """Send one, read its answer as it comes, and note its times."""
        try:
            started = time.monotonic()
            times = self.answer()
            with self.lock:
                self.done += 1
                self.ttft.append(times[0] - started)
                if len(times) > 1:
                    self.itl.append((times[-1] - times[0]) / (len(times) - 1))
        except (OSError, RuntimeError, http.client.HTTPException) as error:
            print(f"failed: {error!r:.150}\n", end="", flush=True)  # One write: threads do not mix their lines.
            with self.lock:
                self.failed += 1
        finally:
            with self.lock:
                self.open -= 1

    def answer(self) -> list[float]:
        """The moments at which a token came."""
        options, url = self.options, urlsplit(self.options.url)
        # Another prompt each time: a prefix that a worker knows would cost it nothing.
        prompt = " ".join(random.choices(WORDS, k=options.isl))  # noqa: S311  No secret.
        body = {
            "model": options.model,
            "messages": [{"role": "user", "content": prompt}],
            "max_tokens": options.osl,
            "stream": True,
            "ignore_eos": True,
        }
        connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=120)
        try:
            headers = {"Content-Type": "application/json"}
            connection.request("POST", "/v1/chat/completions", json.dumps(body), headers)
            response = connection.getresponse()
            if response.status != http.HTTPStatus.OK:
                raise RuntimeError(f"HTTP {response.status}: {response.read(100)!r}")
            times = [time.monotonic() for line in response if line.startswith(b"data: {")]
        finally:
            connection.close()
        if not times:
            raise RuntimeError("an answer without a token")
        return times

    def line(self, since: float) -> str:
        """What happened since the last line."""
        with self.lock:
            ttft, itl = (f"{median(list_) * 1000:.1f}" if list_ else "-" for list_ in (self.ttft, self.itl))
            counts = f"done {self.done}, open {self.open}, failed {self.failed}"
            self.all_done, self.all_failed = self.all_done + self.done, self.all_failed + self.failed
            self.done, self.failed, self.ttft, self.itl = 0, 0, [], []
        return f"{time.monotonic() - since:4.0f} s: {counts}, TTFT {ttft} ms, ITL {itl} ms"

    def run(self) -> None:
        """Start a request when it is due, and print, until the time is over and all are answered."""
        options = self.options
        began = time.monotonic()
        due, end, printed = began, began + options.seconds, began
        while due < end or self.open:
            now = time.monotonic()
            if due < end and due <= now:
                with self.lock:
                    self.open += 1
                threading.Thread(target=self.request, daemon=True).start()
                due += 1 / options.rate
            elif now >= printed + SECONDS:
                printed += SECONDS
                print(self.line(began), flush=True)
            else:
                time.sleep(0.01)
        print(self.line(began))
        print(f"all: done {self.all_done}, failed {self.all_failed}")


def main() -> None:
    """Read the command line and run."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--url", required=True, help="such as http://localhost:8000")
    parser.add_argument("--model", required=True)
    parser.add_argument("--rate", type=float, default=5, help="requests a second (default: %(default)s)")
    parser.add_argument("--isl", type=int, default=8000, help="words of a prompt (default: %(default)s)")
    parser.add_argument("--osl", type=int, default=200, help="tokens of an answer (default: %(default)s)")
    parser.add_argument("--seconds", type=float, default=60, help="for so long (default: %(default)s)")
    Load(parser.parse_args()).run()


if __name__ == "__main__":
    main()
