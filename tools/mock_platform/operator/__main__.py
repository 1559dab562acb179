"""`python -m mock_platform.operator [--kubeconfig FILE]`: run the stand-in until SIGTERM or Ctrl-C."""

from __future__ import annotations

import argparse
import logging
import os
import signal
import socket
import sys
import threading
from typing import TYPE_CHECKING

from groundwork.base.errors import EnvironmentFault, ExitStatus, UserError
from groundwork.kube.access import access_of_kubeconfig, access_of_pod
from groundwork.kube.client import Client
from groundwork.kube.errors import NoClusterError
from mock_platform.operator.config import from_environment
from mock_platform.operator.control import health
from mock_platform.operator.control.controller import Controller
from mock_platform.operator.kube.api import RESOURCES
from mock_platform.operator.kube.events import Recorder
from mock_platform.operator.webhook.schemas import Schemas
from mock_platform.operator.webhook.server import WebhookServer, answers
from mock_platform.operator.webhook.serving import FOLDER, Serving

if TYPE_CHECKING:
    from collections.abc import Callable

    from mock_platform.operator.config import OperatorConfig
    from mock_platform.operator.kube.api import Api
    from mock_platform.operator.requests.step import Extension

_CONNECTIONS = 32
"""Connections kept open: one for each watch, and those of the workers."""


def main(arguments: list[str] | None = None) -> int:
    """Run; returns the exit status."""
    parser = argparse.ArgumentParser(prog="mock-operator", description=__doc__)
    parser.add_argument(
        "--kubeconfig",
        help="access to the cluster, if it runs outside (an API server then cannot ask it: no webhook)"
        " (default: the Pod's own identity)",
    )
    parser.add_argument("--health-port", type=int, default=health.PORT, help="default: %(default)s; 0: any")
    options = parser.parse_args(arguments)
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s", stream=sys.stdout)
    log = logging.getLogger("mock_platform.operator")
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        config = from_environment()
        extend = _proposal()
        api = _connected(options.kubeconfig or "")
    except UserError as error:
        print(error, file=sys.stderr)
        return error.status
    recorder = Recorder(api, socket.gethostname())
    extension = extend(api, recorder, config) if extend else None
    controller = Controller(api, recorder, config, extension)
    # What the controller writes is asked about, too: the webhook comes first.
    webhook = None if options.kubeconfig else Serving(api, WebhookServer(answers(config, Schemas(api))), FOLDER)
    if webhook:
        webhook.start()
    recorder.start()
    controller.start()
    parts: list[health.Part] = [controller, recorder, *([webhook] if webhook else [])]
    server = health.serve(parts, options.health_port)
    log.info("mock Dynamo operator, behaving like %s, watches %s", config.version, config.namespace or "all")
    stop.wait()
    log.info("stopping")
    controller.stop()
    recorder.stop()
    if webhook:
        webhook.stop()
    server.shutdown()
    api.close()
    return ExitStatus.OK


def _connected(kubeconfig: str) -> Client:
    """The cluster of a kubeconfig, or that of the Pod this runs in.

    Raises:
        EnvironmentFault: there is no cluster.
    """
    try:
        access = access_of_kubeconfig(kubeconfig) if kubeconfig else access_of_pod()
        return Client(access, connections=_CONNECTIONS, resources=RESOURCES)
    except NoClusterError as error:
        raise EnvironmentFault(
            f"no cluster: {error}", hint=error.hint or "outside a Pod: --kubeconfig FILE"
        ) from None


def _proposal() -> Callable[[Api, Recorder, OperatorConfig], Extension] | None:
    """What makes the proposal, where a variable asks for it; nothing of it is imported otherwise.

    Raises:
        UserError: a variable of it has a value that is not allowed.
    """
    if not any(name.startswith("MOCK_OPERATOR_PROPOSE_") for name in os.environ):
        return None
    from mock_platform.proposal.request_progress import Proposal  # noqa: PLC0415
    from mock_platform.proposal.settings import from_environment as read  # noqa: PLC0415

    settings = read(os.environ)
    return lambda api, recorder, config: Proposal(api, recorder, config, settings)


if __name__ == "__main__":
    sys.exit(main())
