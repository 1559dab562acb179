"""The command line: `kubectl dynamo status|explain`. kubectl finds it as `kubectl-dynamo` on the PATH."""

from __future__ import annotations

import argparse
import re
import sys
from typing import TYPE_CHECKING

from dynamo_api.facts.kinds import BETA, KINDS, REQUEST
from groundwork.base.arguments import Parser
from groundwork.base.program import add_debug, program
from kubectl_dynamo.judging.outcome import EXIT_STATUSES, USAGE
from kubectl_dynamo.judging.selection import apart

if TYPE_CHECKING:
    from collections.abc import Sequence

    from _typeshed import SupportsWrite

WITHOUT_PLUGIN = f"""\
kubectl get {KINDS[REQUEST].in_version(BETA)} -o custom-columns='NAME:.metadata.name,\
PHASE:.status.phase,PROFILING:.status.profilingPhase,\
WHY:.status.conditions[?(@.type=="Succeeded")].message,DGD:.status.dgdName'"""
"""Command that does without this plugin, for requests in v1beta1."""

_EXIT_STATUS = "\n".join(f"  {status:<4} {says}" for status, says in EXIT_STATUSES.items())
_STATUS_EPILOG = f"""\
exit status:
{_EXIT_STATUS}

examples:
  kubectl dynamo status                         requests and graphs of the namespace, and what blocks them
  kubectl dynamo status my-model                one of them: request, profiling Job, graph, components, Pods
  kubectl dynamo status my-model --wait --timeout 10m && curl ...
  kubectl dynamo status -A -o json              for programs

ETA: from earlier profilings of the same model, backend, search and GPUs, kept in $XDG_CACHE_HOME/kubectl-dynamo;
"unknown" where there was none. Grafana: --grafana, else DYNAMO_GRAFANA_URL, else the annotation
dynamo-docs/dashboard-url of the object, else a Service labelled app.kubernetes.io/name=grafana.

without this plugin:
  {WITHOUT_PLUGIN}
"""
SHORTEST_INTERVAL = 0.5
"""Seconds of the shortest interval: a look is several LISTs."""
_DAY = 86400.0
_LONGEST_TIMEOUT = 7 * _DAY
_LABEL = re.compile(r"[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?")
_UNITS = {"s": 1, "m": 60, "h": 3600}


class _Parser(Parser):
    """The usual parser, whose exit status for mistakes would mean "still going" here."""

    usage_status = USAGE

    def _print_message(self, message: str, file: SupportsWrite[str] | None = None) -> None:
        # argparse hides that it cannot write: help that is lost would be told by nothing.
        if message and file is not None and file is sys.stdout:
            file.write(message)
        else:
            super()._print_message(message, file)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; returns its exit status."""
    return program("kubectl-dynamo", _run, arguments, usage=USAGE)


def _run(words: Sequence[str]) -> int:
    parser = command_line()
    options, unknown = parser.parse_known_args(words)
    if unknown:
        mistake = apart([options.name or "", *unknown]) if options.verb == "status" else None
        if mistake:
            raise mistake
        parser.refuse(options, unknown)
    # Imported late: `--help` and `explain` need no cluster, and the client takes its time.
    if options.verb == "explain":
        from kubectl_dynamo.verbs.explain import explain  # noqa: PLC0415

        return explain(options, sys.stdout)
    from kubectl_dynamo.reading.connection import connect  # noqa: PLC0415
    from kubectl_dynamo.verbs.status import status  # noqa: PLC0415

    connection = connect(options.kubeconfig or "", options.context or "")
    return status(options, connection, sys.stdout)


def command_line() -> Parser:
    """The parser: verbs, options, and the texts of --help and of the reference page."""
    parser = _Parser(
        prog="kubectl dynamo",
        description="The state of Dynamo's requests and graphs, and what to do about it.",
        epilog="kubectl dynamo VERB --help shows more.",
    )
    add_debug(parser)
    verbs = parser.add_subparsers(dest="verb", required=True, metavar="VERB", parser_class=_Parser)
    _status(verbs)
    explain = verbs.add_parser(
        "explain",
        help="what a phase, reason or event means, and the fix",
        description="Meaning of a phase, a reason or an event, and the fix. Without a word: a list of all words.",
        epilog="exit status: 0 explained, 3 no such word, 64 the command line cannot be read",
    )
    explain.add_argument("word", nargs="*", metavar="PHASE|REASON", help="such as Profiling or ImagePullBackOff")
    return parser


def _status(verbs: argparse._SubParsersAction[_Parser]) -> None:
    status = verbs.add_parser(
        "status",
        help="progress of requests and graphs, and what is blocking them",
        description="Progress of requests (DGDR) and graphs (DGD), and what is blocking them.",
        epilog=_STATUS_EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    status.add_argument("name", nargs="?", metavar="NAME", help="only this one: NAME, dgdr/NAME or dgd/NAME")
    status.add_argument("-n", "--namespace", type=namespace, metavar="NS", help="default: the context's")
    status.add_argument("-A", "--all-namespaces", action="store_true", help="show all namespaces")
    status.add_argument(
        "-o", "--output", choices=("wide", "json", "yaml"), help="more detail, or a form for programs"
    )
    status.add_argument(
        "-w",
        "--watch",
        action="store_true",
        help="continue: redraw on a terminal, print a line for each change elsewhere",
    )
    status.add_argument(
        "--wait", action="store_true", help="wait until it is deployed, ready for review, or failed"
    )
    status.add_argument(
        "--timeout", type=timeout, metavar="TIME", help="limit of --wait and --watch: 90s, 10m, 1h (default: none)"
    )
    status.add_argument(
        "--interval", type=interval, default=2.0, metavar="TIME", help="time between two checks (default: 2s)"
    )
    status.add_argument("--grafana", metavar="URL", help="the dashboard to link to")
    status.add_argument(
        "--kubeconfig", metavar="FILE", help="default: KUBECONFIG, else ~/.kube/config, else the Pod's"
    )
    status.add_argument("--context", metavar="NAME", help="default: the current one")


def duration(text: str) -> float:
    """Seconds of `90`, `90s`, `10m`, `1h` or `1h30m`.

    Raises:
        argparse.ArgumentTypeError: it is not a duration.
    """
    if re.fullmatch(r"\d+(\.\d+)?", text):
        return float(text)
    parts = re.findall(r"(\d+(?:\.\d+)?)([smh])", text)
    if not parts or "".join(number + unit for number, unit in parts) != text:
        raise argparse.ArgumentTypeError(f"{text!r} is not a duration: 90s, 10m and 1h30m are")
    return sum(float(number) * _UNITS[unit] for number, unit in parts)


def interval(text: str) -> float:
    """Seconds between two looks.

    Raises:
        argparse.ArgumentTypeError: it is not a duration, or one that would flood the API server or see nothing.
    """
    seconds = duration(text)
    if not SHORTEST_INTERVAL <= seconds <= _DAY:
        raise argparse.ArgumentTypeError(f"{text!r}: expected {SHORTEST_INTERVAL:g}s to 24h")
    return seconds


def timeout(text: str) -> float:
    """Seconds after which it is over.

    Raises:
        argparse.ArgumentTypeError: it is not a duration, or more than a week.
    """
    seconds = duration(text)
    if seconds > _LONGEST_TIMEOUT:
        raise argparse.ArgumentTypeError(f"{text!r}: expected at most 168h, or no --timeout")
    return seconds


def namespace(text: str) -> str:
    """A namespace's name; "" as if none were given.

    Raises:
        argparse.ArgumentTypeError: no namespace can be called so.
    """
    if text and not _LABEL.fullmatch(text):
        raise argparse.ArgumentTypeError(f"{text!r} is not a namespace: use lower-case letters, digits and -")
    return text
