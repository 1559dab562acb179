"""`kubectl dynamo status`: how far requests and graphs are, and what blocks them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from groundwork.base.printable import all_printable
from kubectl_dynamo.judging.view import Viewer
from kubectl_dynamo.showing.data import document, dumped
from kubectl_dynamo.showing.detail import detail
from kubectl_dynamo.showing.follow import Follower, Patience, Screen
from kubectl_dynamo.showing.screens import Log, Terminal
from kubectl_dynamo.showing.style import Style
from kubectl_dynamo.showing.text import nothing, table

if TYPE_CHECKING:
    import argparse
    from typing import TextIO

    from kubectl_dynamo.judging.view import View
    from kubectl_dynamo.reading.connection import Connection


def status(options: argparse.Namespace, connection: Connection, stream: TextIO) -> int:
    """Show the status once, or follow it.

    Raises:
        EnvironmentFault: there is nothing of that name, no Dynamo, no access or no cluster.
    """
    namespace = "" if options.all_namespaces else options.namespace or connection.namespace
    viewer = Viewer(connection, namespace, options.name or "", options.grafana or "")
    if options.watch or options.wait:
        patience = Patience(options.interval, options.timeout, wait=options.wait)
        return Follower(viewer.look, patience, _screen(options, stream)).run()
    view = viewer.look()
    print("\n".join(rendered(options, view, Style.of(stream))), file=stream, flush=True)
    return view.outcome


def rendered(options: argparse.Namespace, view: View, style: Style) -> list[str]:
    """A view as lines, in the form that was asked for."""
    if options.output in ("json", "yaml"):
        return [dumped(document(view.items, view.at, view.notes), options.output)]
    wide = options.output == "wide"
    view = all_printable(view)
    if view.single:
        lines: list[str] = []
        for item in view.items:
            lines += [*([""] if lines else []), *detail(item, view.at, style, wide=wide)]
    elif view.items:
        lines = table(view.items, view.at, style, namespaces=bool(options.all_namespaces), wide=wide)
    else:
        lines = [nothing(view.namespace)]
    notes = [f"note: {note}" for note in view.notes]
    return [*lines, *([""] if notes else []), *notes]


def _screen(options: argparse.Namespace, stream: TextIO) -> Screen:
    if options.watch and options.output in (None, "wide") and stream.isatty():
        return Terminal(stream, partial(rendered, options))
    return Log(stream, options.output)
