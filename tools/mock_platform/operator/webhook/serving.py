"""Keeps the webhook in service: its certificate in a Secret, its authority where the API server looks for it."""

from __future__ import annotations

import base64
import binascii
import logging
import ssl
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from dynamo_api.facts import installation, kinds
from groundwork.base.errors import EnvironmentFault
from groundwork.kube.errors import ApiError
from groundwork.kube.resources import DEFINITIONS, MUTATING_WEBHOOKS, SECRETS, VALIDATING_WEBHOOKS, Resource
from mock_platform.operator.webhook.certificates import Pair, holds, make_authority, make_server

if TYPE_CHECKING:
    from groundwork.kube.objects import Object
    from mock_platform.operator.kube.api import Api
    from mock_platform.operator.webhook.server import WebhookServer

DAY = 24 * 3600.0
SERVER_MARGIN = 90 * DAY
"""Time before its end at which a certificate is replaced; it holds for a year."""
FOLDER = Path("/tmp")  # noqa: S108  Memory: the manifest mounts it there.
_CHECK_SECONDS = 60.0
_RETRY_SECONDS = 1.0
_FILES = ("ca.crt", "ca.key", "tls.crt", "tls.key")
_log = logging.getLogger(__name__)


@dataclass(slots=True)
class Serving:
    """Makes a certificate at the start, replaces it before it ends, and restores what somebody removed.

    The authority outlives its certificates, so that the configuration does not change when they do, and clients
    trust the new one at once.
    """

    api: Api
    server: WebhookServer
    folder: Path
    """Folder from which the TLS library reads certificate and key."""
    _loaded: str = ""
    _ready: bool = False
    _stop: threading.Event = field(default_factory=threading.Event)
    _thread: threading.Thread | None = None

    @property
    def ready(self) -> bool:
        """Whether the API server can ask: the server runs, and the configuration trusts it."""
        return self._ready

    @property
    def healthy(self) -> bool:
        """Whether the certificate is still looked after."""
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        """Begin, in a thread."""
        self._thread = threading.Thread(target=self._keep, name="certificate", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        """Answer nothing more."""
        self._stop.set()
        if self._thread:
            self._thread.join(10.0)
        if self._loaded:
            self.server.shutdown()
        self.server.server_close()

    def ensure(self) -> None:
        """Bring certificate, server and configuration in line; nothing changes where they are.

        Raises:
            ApiError: Secret or configuration cannot be read or written.
            EnvironmentFault: openssl failed.
            OSError: the key's folder cannot be written, or key and certificate do not fit.
        """
        secret = self.api.get(SECRETS, installation.NAMESPACE, installation.WEBHOOK_SECRET)
        if secret is None:
            raise ApiError(404, f"Secret {installation.WEBHOOK_SECRET} is gone; install the platform again")
        authority, server = _pairs(secret)
        holds_on = self._lasts(authority, server)
        try:
            if holds_on:
                self._load(server)
        except ssl.SSLError as error:
            _log.warning("webhook: the Secret's certificate and key: %s", error)
            holds_on = False
        if not holds_on:
            authority, server = self._renew(secret, authority)
            self._load(server)
        self._trust(authority.certificate)
        self._ready = True

    def _keep(self) -> None:
        while not self._stop.is_set():
            delay = _CHECK_SECONDS
            try:
                self.ensure()
            except (ApiError, EnvironmentFault, OSError) as error:
                _log.warning("webhook: %s; again in %.0f s", error, _RETRY_SECONDS)
                delay = _RETRY_SECONDS
            except Exception:  # noqa: BLE001  A certificate that nobody renews would end the webhook some day.
                _log.exception("webhook: unforeseen")
                delay = _RETRY_SECONDS
            self._stop.wait(delay)

    def _lasts(self, authority: Pair, server: Pair) -> bool:
        if not (authority.certificate and server.certificate):
            return False
        return holds(
            authority.certificate, server.certificate, installation.WEBHOOK_HOST, time.time() + SERVER_MARGIN
        )

    def _renew(self, secret: Object, authority: Pair) -> tuple[Pair, Pair]:
        """A new certificate, of the authority that there is as long as that lasts itself."""
        host = installation.WEBHOOK_HOST
        try:
            server = make_server(authority, [host])
        except EnvironmentFault:
            server = Pair("", "")  # There is no authority, or none that can be read.
        if not self._lasts(authority, server):
            authority = make_authority(f"{installation.WEBHOOK_SERVICE}-ca")
            server = make_server(authority, [host])
        self._store(secret, authority, server)
        _log.info("webhook: new certificate for %s", host)
        return authority, server

    def _load(self, server: Pair) -> None:
        if server.certificate == self._loaded:
            return
        paths = self.folder / "tls.crt", self.folder / "tls.key"
        for path, content in zip(paths, (server.certificate, server.key), strict=True):
            path.touch(mode=0o600)
            path.write_text(content)
        self.server.load(*paths)
        if not self._loaded:
            self.server.start()
        self._loaded = server.certificate

    def _store(self, secret: Object, authority: Pair, server: Pair) -> None:
        values = (authority.certificate, authority.key, server.certificate, server.key)
        encoded = (base64.b64encode(value.encode()).decode() for value in values)
        data = dict(zip(_FILES, encoded, strict=True))
        self.api.replace({**secret, "data": {**(secret.get("data") or {}), **data}})

    def _trust(self, authority: str) -> None:
        """Put the authority into each webhook of the configurations, and into definitions with a conversion."""
        bundle = base64.b64encode(authority.encode()).decode()
        for resource, name in (
            (VALIDATING_WEBHOOKS, installation.VALIDATING_WEBHOOK),
            (MUTATING_WEBHOOKS, installation.DEFAULTING_WEBHOOK),
        ):
            configuration = self._installed(resource, name)
            hooks = configuration.get("webhooks") or []
            changed = [{**hook, "clientConfig": {**hook["clientConfig"], "caBundle": bundle}} for hook in hooks]
            if changed != hooks:
                self.api.replace({**configuration, "webhooks": changed})
        for name in (kind.definition for kind in kinds.CONVERTED):
            definition = self._installed(DEFINITIONS, name)
            webhook = definition["spec"]["conversion"].get("webhook") or {}
            if webhook and webhook["clientConfig"].get("caBundle") != bundle:
                # Definitions are large: what changes is sent, not all of it.
                change = {"conversion": {"webhook": {"clientConfig": {"caBundle": bundle}}}}
                self.api.patch(definition, {"spec": change})

    def _installed(self, resource: Resource, name: str) -> Object:
        found = self.api.get(resource, "", name)
        if found is None:
            raise ApiError(404, f"{resource.kind} {name} is gone; install the platform again")
        return found


def _pairs(secret: Object) -> tuple[Pair, Pair]:
    """Authority and server certificate of the Secret; "" for what is missing or unreadable."""
    found = []
    for name in _FILES:
        try:
            found.append(base64.b64decode((secret.get("data") or {}).get(name, ""), validate=True).decode())
        except (binascii.Error, UnicodeDecodeError):
            found.append("")
    return Pair(*found[:2]), Pair(*found[2:])
