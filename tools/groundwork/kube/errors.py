"""What the API server says instead of an answer. Programs turn it into a message for people where they end."""

from __future__ import annotations

_STARTING = ('User "', " cannot ")
_PASSING = ("being terminated", "failed calling webhook")


class ApiError(Exception):
    """The API server refused: `status` is that of HTTP, 0 where it did not answer."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"{status}: {message}" if status else message)
        self.status = status
        self.message = message
        """The server's own words."""

    @property
    def absent(self) -> bool:
        """Whether there is no such object, or no such resource."""
        return self.status == 404  # noqa: PLR2004  HTTP.

    @property
    def conflict(self) -> bool:
        """Whether somebody else changed or made the object first: read again and retry."""
        return self.status == 409  # noqa: PLR2004  HTTP.

    @property
    def expired(self) -> bool:
        """Whether the resource version, or the place in a listing, is too old: list again."""
        return self.status == 410  # noqa: PLR2004  HTTP.

    @property
    def unknown_user(self) -> bool:
        """Whether the server does not know who asks: no login, or one that has expired."""
        return self.status == 401 or 'User "system:anonymous"' in self.message  # noqa: PLR2004  HTTP.

    @property
    def forbidden(self) -> bool:
        """Whether this user may not do it."""
        return self.status in (401, 403)

    @property
    def passing(self) -> bool:
        """Whether it is nobody's fault: a race, an API server or webhook away, a namespace on its way out."""
        return self.conflict or self.status == 0 or any(word in self.message for word in _PASSING)

    @property
    def final(self) -> bool:
        """Whether asking again would be refused again: 400, 403 and 422.

        An API server that has just started does not know yet what its users may do.
        """
        starting = all(word in self.message for word in _STARTING)
        return self.status in (400, 403, 422) and not (starting or self.passing)


class NoAnswerError(ApiError):
    """The API server cannot be reached, or its answer broke off."""

    def __init__(self, reason: str, *, begun: bool = False) -> None:
        """Keep the reason.

        Args:
            reason: what happened, in one line.
            begun: whether the answer had begun.
        """
        what = "the API server's answer broke off" if begun else "the API server cannot be reached"
        super().__init__(0, f"{what}: {reason}")
        self.reason = reason


class UnreadableError(NoAnswerError):
    """An answer that is not what was asked for: the page of a proxy, or half of an object."""

    def __init__(self, size: int, detail: str, *, what: str = "JSON object") -> None:
        """Put the sentence together.

        Args:
            size: of the answer, in bytes.
            detail: what keeps it from being read.
            what: what was asked for.
        """
        self.fact = f"{size} bytes that are not a {what}"
        super().__init__(f"{self.fact}: {detail}", begun=True)


class NoClusterError(Exception):
    """No configuration leads to a cluster; the message is one line."""

    def __init__(self, fact: str, *, hint: str = "") -> None:
        """Keep the hint.

        Args:
            fact: what is wrong.
            hint: what to do; "" where nothing more than the fact says it.
        """
        super().__init__(fact)
        self.hint = hint


class NoLoginError(NoClusterError):
    """The user of a kubeconfig cannot log in: a plugin is missing or fails."""
