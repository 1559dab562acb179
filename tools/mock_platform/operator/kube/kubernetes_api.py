"""The API server over HTTPS, by the official client."""

from __future__ import annotations

import json
import threading
from contextlib import suppress
from typing import TYPE_CHECKING, Any

import urllib3
from kubernetes import client, config

from mock_platform.operator.kube.api import ApiError, Resource, resource_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from groundwork.kube.objects import Object

_TIMEOUT_SECONDS = (5.0, 30.0)
"""To connect, and to wait for a response."""
_PAGE = 500
_CONNECTIONS = 32
"""Kept open: one for each watch, and those of the workers."""


class KubernetesApi:
    """`Api` over HTTPS, with the official client's handling of kubeconfigs, tokens and TLS."""

    def __init__(self, kubeconfig: str | None = None) -> None:
        """Connect with a kubeconfig, or as the Pod's own ServiceAccount without one."""
        settings = client.Configuration()
        settings.connection_pool_maxsize = _CONNECTIONS
        settings.retries = 0  # The controller retries, and says so in its log.
        if kubeconfig:
            config.load_kube_config(kubeconfig, client_configuration=settings)  # type: ignore[no-untyped-call]
        else:
            config.load_incluster_config(client_configuration=settings)  # type: ignore[no-untyped-call]
        self._client = client.ApiClient(settings)
        self._watches: set[urllib3.BaseHTTPResponse] = set()
        self._lock = threading.Lock()
        self._closed = False

    def get(self, resource: Resource, namespace: str, name: str) -> Object | None:
        try:
            return self._json("GET", resource.path(namespace, name))
        except ApiError as error:
            if error.absent:
                return None
            raise

    def list(self, resource: Resource, namespace: str = "", selector: str = "") -> tuple[list[Object], str]:
        items: list[Object] = []
        query: list[tuple[str, str]] = [("limit", str(_PAGE))]
        if selector:
            query.append(("labelSelector", selector))
        more = ""
        while True:
            page = self._json(
                "GET", resource.path(namespace), query=[*query, *([("continue", more)] if more else [])]
            )
            kind = {"apiVersion": resource.api_version, "kind": resource.kind}
            items.extend({**item, **kind} for item in page.get("items") or [])
            more = page["metadata"].get("continue", "")
            if not more:
                return items, page["metadata"].get("resourceVersion", "")

    def create(self, item: Object) -> Object:
        return self._json("POST", resource_of(item).path(item["metadata"].get("namespace", "")), body=item)

    def replace(self, item: Object, subresource: str = "") -> Object:
        return self._json("PUT", self._path(item, subresource), body=item)

    def patch(self, item: Object, change: Object) -> Object:
        return self._json("PATCH", self._path(item), body=change, content="application/merge-patch+json")

    def delete(self, item: Object) -> None:
        body: Object = {"propagationPolicy": "Background"}
        if item["metadata"].get("uid"):
            body["preconditions"] = {"uid": item["metadata"]["uid"]}
        try:
            self._json("DELETE", self._path(item), body=body)
        except ApiError as error:
            if not error.absent:
                raise

    def watch(
        self, resource: Resource, namespace: str, selector: str, version: str, seconds: int
    ) -> Iterator[tuple[str, Object]]:
        query = [("watch", "true"), ("resourceVersion", version), ("timeoutSeconds", str(seconds))]
        if selector:
            query.append(("labelSelector", selector))
        response = self._request("GET", resource.path(namespace), query=query, timeout=(5.0, seconds + 10.0))
        with self._lock:
            self._watches.add(response)
        try:
            yield from self._changes(response)
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise ApiError(0, f"watch of {resource.plural} broke off: {error}") from error
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

    def _changes(self, response: urllib3.BaseHTTPResponse) -> Iterator[tuple[str, Object]]:
        rest = b""
        for chunk in response.stream(65536):
            *lines, rest = (rest + chunk).split(b"\n")
            for line in filter(None, lines):
                change = json.loads(line)
                if change["type"] == "ERROR":
                    status = change["object"]
                    raise ApiError(int(status.get("code", 0)), str(status.get("message", "")))
                yield change["type"], change["object"]
            if self._closed:
                return

    def _path(self, item: Object, subresource: str = "") -> str:
        metadata = item["metadata"]
        return resource_of(item).path(metadata.get("namespace", ""), metadata["name"], subresource)

    def _json(self, method: str, path: str, **options: Any) -> Object:
        response = self._request(method, path, **options)
        try:
            result: Object = json.loads(response.data)  # Only now the body is read.
        except (urllib3.exceptions.HTTPError, OSError, ValueError) as error:
            raise ApiError(0, f"the API server's answer broke off: {error}") from error
        return result

    def _request(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] | None = None,
        body: Object | None = None,
        content: str = "application/json",
        timeout: tuple[float, float] = _TIMEOUT_SECONDS,
    ) -> urllib3.BaseHTTPResponse:
        headers = {"Accept": "application/json", "Content-Type": content}
        prepared = self._client.param_serialize(
            method,
            path,
            query_params=[*query] if query else None,
            header_params=headers,
            body=body,
            auth_settings=["BearerToken"],
        )
        try:
            reply = self._client.call_api(*prepared, _request_timeout=timeout)
            response: urllib3.BaseHTTPResponse = reply.response
            if response.status >= 400:  # noqa: PLR2004  HTTP.
                raise ApiError(response.status, _message(response.data, response.reason or ""))
        except (urllib3.exceptions.HTTPError, client.ApiException, OSError) as error:
            # urllib3 wraps what happened in the whole request: the inner reason is the news.
            reason = getattr(error, "reason", None) or error
            raise ApiError(0, f"the API server cannot be reached: {reason}") from error
        return response


def _message(data: bytes, otherwise: str) -> str:
    try:
        return str(json.loads(data)["message"])
    except (ValueError, KeyError, TypeError):
        return otherwise
