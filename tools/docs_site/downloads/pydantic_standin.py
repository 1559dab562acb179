"""The names of pydantic that Kubernetes' client imports before it makes its first model. No model is made here."""


class BaseModel:
    """The class of its answers, of which the plugin reads none."""


class SecretStr:
    """A text that is not to be printed, which the plugin sends nowhere."""


StrictInt = int
StrictBytes = bytes


def Field(*_args: object, **_more: object) -> None:  # noqa: N802 - pydantic's name.
    """Nothing: of a field that is never filled in."""
