"""Answers of the API server, and whole collections out of its pages."""

from __future__ import annotations

import json
from dataclasses import dataclass
from http import HTTPStatus
from typing import TYPE_CHECKING

from groundwork.kube.errors import ApiError, UnreadableError
from groundwork.kube.values import entries, text

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from groundwork.kube.objects import Object

    Query = Sequence[tuple[str, str]]

PAGE = 500
"""Objects that one answer has at most."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What the API server said."""

    status: int
    body: bytes
    at: datetime
    """Time by the server's own clock, so that ages are right where the two machines disagree."""

    @property
    def good(self) -> bool:
        """Whether it is what was asked for, not a refusal."""
        return self.status < HTTPStatus.BAD_REQUEST

    def object(self) -> Object:
        """The body.

        Raises:
            ApiError: the server refused.
            UnreadableError: it is no JSON object.
        """
        if not self.good:
            raise ApiError(self.status, self._message())
        try:
            found = json.loads(self.body)
        except ValueError as error:
            raise UnreadableError(len(self.body), str(error)) from None
        if not isinstance(found, dict):
            raise UnreadableError(len(self.body), f"it begins with {self.body[:1].decode(errors='replace')!r}")
        return found

    def _message(self) -> str:
        try:
            said = text(json.loads(self.body), "message")
        except ValueError:
            said = ""
        return said or _phrase(self.status)


@dataclass(frozen=True, slots=True)
class Listing:
    """The objects of a collection."""

    items: tuple[Object, ...]
    version: str
    """The resource version to watch from."""
    at: datetime
    """Time of the last page, by the server's clock."""


def list_all(read: Callable[[str, Query], Answer], path: str, query: Query = ()) -> Listing:
    """All objects of a collection, page by page, each with the apiVersion and kind that listings leave out.

    Args:
        read: asks the server for a path.
        path: of the collection.
        query: selectors.

    Raises:
        ApiError: the server refused, did not answer, or answered with something else than a listing.
    """
    items: list[Object] = []
    limit, more = [("limit", str(PAGE))], ""
    while True:
        answer = read(path, [*query, *limit, *([("continue", more)] if more else [])])
        try:
            page = answer.object()
        except ApiError as error:
            if not error.expired or not limit:
                raise
            # The place between two pages was forgotten: begin again, all in one page, as kubectl does.
            items, limit, more = [], [], ""
            continue
        kind = text(page, "kind")
        if not kind.endswith("List"):
            raise UnreadableError(len(answer.body), f"its kind is {kind!r}", what="listing")
        common = {"apiVersion": text(page, "apiVersion"), "kind": kind.removesuffix("List")}
        items += [{**item, **common} for item in entries(page, "items")]
        more = text(page, "metadata", "continue")
        if not more:
            return Listing(tuple(items), text(page, "metadata", "resourceVersion"), answer.at)


def _phrase(status: int) -> str:
    """What HTTP calls a status."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "no reason given"
