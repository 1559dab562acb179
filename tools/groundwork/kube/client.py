"""The API server over HTTPS, by the official client: objects in, objects out, as plain dicts."""

from __future__ import annotations

import json
import re
import threading
import warnings
from contextlib import suppress
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any

from groundwork.kube.access import one_line
from groundwork.kube.errors import ApiError, NoAnswerError, NoClusterError
from groundwork.kube.listing import Answer, list_all
from groundwork.kube.resources import BUILT_IN
from groundwork.kube.values import integer, mapping, text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from kubernetes.client import ApiClient
    from urllib3 import BaseHTTPResponse

    from groundwork.kube.access import Access
    from groundwork.kube.listing import Query
    from groundwork.kube.objects import Object
    from groundwork.kube.resources import Resource

_CONNECT_SECONDS = 5.0
_CHUNK = 65536


class Client:
    """A cluster. Every method raises ApiError; threads may share one."""

    def __init__(
        self,
        access: Access,
        *,
        connections: int = 8,
        seconds: float = 30.0,
        resources: Iterable[Resource] = BUILT_IN,
    ) -> None:
        """Nothing is sent yet.

        Args:
            access: how to reach the cluster.
            connections: how many are kept open: one for each thread and each watch.
            seconds: to wait for an answer.
            resources: the kinds of what is created, replaced, patched and deleted.

        Raises:
            NoClusterError: the proxy cannot be used.
        """
        access.settings.connection_pool_maxsize = connections
        self.namespace = access.namespace
        self.server = access.server
        self._client = _connected(access.settings)
        self._seconds = seconds
        self._resources = {(resource.api_version, resource.kind): resource for resource in resources}
        self._watches: set[BaseHTTPResponse] = set()
        self._lock = threading.Lock()
        self._closed = False

    def read(self, path: str, query: Query = ()) -> Answer:
        """GET a path; the answer may be a refusal."""
        return _answer(self._send("GET", path, query))

    def get(self, resource: Resource, namespace: str, name: str) -> Object | None:
        """The object, or None where there is none."""
        try:
            return self.read(resource.path(namespace, name)).object()
        except ApiError as error:
            if error.absent:
                return None
            raise

    def list(self, resource: Resource, namespace: str = "", selector: str = "") -> tuple[list[Object], str]:
        """Objects by label selector, and the resource version to watch from."""
        query = [("labelSelector", selector)] if selector else []
        found = list_all(self.read, resource.path(namespace), query)
        return list(found.items), found.version

    def create(self, item: Object) -> Object:
        """Make it; a conflict if it exists."""
        return self._write("POST", self._resource(item).path(text(item, "metadata", "namespace")), item)

    def replace(self, item: Object, subresource: str = "") -> Object:
        """Put it (or its "status") in place of the version it was read at; a conflict if there is a later one."""
        return self._write("PUT", self._path(item, subresource), item)

    def patch(self, item: Object, change: Object) -> Object:
        """JSON merge patch."""
        return self._write("PATCH", self._path(item), change, "application/merge-patch+json")

    def delete(self, item: Object) -> None:
        """Delete this very object (by uid); nothing happens if it is gone."""
        body: Object = {"propagationPolicy": "Background"}
        if uid := text(item, "metadata", "uid"):
            body["preconditions"] = {"uid": uid}
        try:
            self._write("DELETE", self._path(item), body)
        except ApiError as error:
            if not error.absent:
                raise

    def watch(
        self, resource: Resource, namespace: str, selector: str, version: str, seconds: int
    ) -> Iterator[tuple[str, Object]]:
        """Changes since a resource version, for so many seconds: ("ADDED" | "MODIFIED" | "DELETED", object)."""
        from urllib3.exceptions import HTTPError  # noqa: PLC0415

        query = [("watch", "true"), ("resourceVersion", version), ("timeoutSeconds", str(seconds))]
        query += [("labelSelector", selector)] if selector else []
        response = self._send("GET", resource.path(namespace), query, seconds=seconds + 10.0)
        with self._lock:
            self._watches.add(response)
        try:
            if response.status >= 400:  # noqa: PLR2004  HTTP.
                _answer(response).object()
            yield from self._changes(response)
        except (HTTPError, OSError, ValueError) as error:
            raise NoAnswerError(f"watch of {resource.plural}: {one_line(error)}", begun=True) from error
        finally:
            with self._lock:
                self._watches.discard(response)
            response.close()

    def close(self) -> None:
        """End the watches that other threads read."""
        with self._lock:
            self._closed = True
            for response in self._watches:
                with suppress(ValueError, OSError):
                    response.shutdown()

    def _changes(self, response: BaseHTTPResponse) -> Iterator[tuple[str, Object]]:
        rest = b""
        for chunk in response.stream(_CHUNK):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in filter(None, lines):
                change = json.loads(line)
                kind, item = text(change, "type"), mapping(change, "object")
                if kind == "ERROR":
                    raise ApiError(integer(item, "code") or 0, text(item, "message"))
                if not kind:
                    raise ValueError(f"no change: {line[:60]!r}")
                yield kind, item
            if self._closed:
                return

    def _resource(self, item: Object) -> Resource:
        return self._resources[item["apiVersion"], item["kind"]]

    def _path(self, item: Object, subresource: str = "") -> str:
        metadata = item["metadata"]
        return self._resource(item).path(metadata.get("namespace", ""), metadata["name"], subresource)

    def _write(self, method: str, path: str, body: Object, content: str = "application/json") -> Object:
        return _answer(self._send(method, path, body=body, content=content)).object()

    def _send(
        self,
        method: str,
        path: str,
        query: Query = (),
        *,
        body: Object | None = None,
        content: str = "",
        seconds: float = 0.0,
    ) -> BaseHTTPResponse:
        """What answers, its body still to be read."""
        from kubernetes.client import ApiException  # noqa: PLC0415
        from kubernetes.config import ConfigException  # noqa: PLC0415
        from urllib3.exceptions import HTTPError  # noqa: PLC0415

        headers = {"Accept": "application/json", **({"Content-Type": content} if content else {})}
        try:
            prepared = self._client.param_serialize(
                method,
                path,
                query_params=list(query) or None,
                header_params=headers,
                body=body,
                auth_settings=["BearerToken"],
            )
            timeout = (_CONNECT_SECONDS, seconds or self._seconds)
            response: BaseHTTPResponse = self._client.call_api(*prepared, _request_timeout=timeout).response
        except (HTTPError, ApiException, ConfigException, OSError) as error:
            raise NoAnswerError(_reason(error)) from error
        return response


def _connected(settings: Any) -> ApiClient:
    """The official client; a proxy of another kind than HTTP needs a package that is not always there.

    Raises:
        NoClusterError: the proxy cannot be used.
    """
    from kubernetes.client import ApiClient  # noqa: PLC0415
    from urllib3.exceptions import DependencyWarning, HTTPError  # noqa: PLC0415

    proxy = re.sub(r"//[^/@]*@", "//", str(settings.proxy))  # Without a password.
    whence = (
        "it comes from the kubeconfig's proxy-url, or from ALL_PROXY, HTTPS_PROXY or HTTP_PROXY"
        " (kubectl does not read ALL_PROXY; without it, this connects as kubectl does)"
    )
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DependencyWarning)  # It says at length what is said here.
            return ApiClient(settings)
    except ImportError:
        fact = f"the proxy {proxy} needs Python's package PySocks, which is not installed"
        raise NoClusterError(fact, hint=f"pip install PySocks\n{whence}") from None
    except (HTTPError, ValueError) as error:
        if not settings.proxy:
            raise
        raise NoClusterError(f"the proxy {proxy} cannot be used: {one_line(error)}", hint=whence) from None


def _answer(response: BaseHTTPResponse) -> Answer:
    """The answer, read to its end: like the whole of it, its body may break off or stay away."""
    from urllib3.exceptions import HTTPError  # noqa: PLC0415

    try:
        body = bytes(response.data or b"")
    except (HTTPError, OSError) as error:
        raise NoAnswerError(_reason(error), begun=True) from error
    return Answer(response.status, body, _date(response.headers))


def _reason(error: Exception) -> str:
    """What happened: urllib3 wraps it in the whole request, and what a proxy did once more."""
    found = getattr(error, "reason", None) or error
    return ": ".join(map(one_line, found.args)) if type(found).__name__ == "ProxyError" else one_line(found)


def _date(headers: Any) -> datetime:
    try:
        return parsedate_to_datetime(headers["Date"])
    except (KeyError, TypeError, ValueError):
        return datetime.now(UTC)
