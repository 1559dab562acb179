"""The engines that check a value against a schema, by the names that `docs-test validate --engine` takes.

They answer the same, word for word; `tests/validation/test_structure_engines.py` holds them to each other.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from groundwork.base.errors import UserError

if TYPE_CHECKING:
    from kube_manifests.structure.structure import Engine

BUILT_IN = "built-in"
"""Engine that is used by default: made for structural schemas, and about twice as fast."""
JSONSCHEMA = "jsonschema"
"""Engine of the same keywords on the library jsonschema, for whoever trusts that one more."""
NAMES = (BUILT_IN, JSONSCHEMA)


def named(name: str) -> Engine:
    """The engine of one of `NAMES`.

    Raises:
        UserError: it is that of a library that is not installed.
    """
    # Imported late: the names are for --help, and jsonschema takes as long to import as a check takes.
    if name == BUILT_IN:
        from kube_manifests.structure import walk  # noqa: PLC0415

        return walk.check
    try:
        from kube_manifests.structure import jsonschema_engine  # noqa: PLC0415
    except ModuleNotFoundError as error:
        fact = f"--engine {name}: the Python package {error.name!r} is not here"
        raise UserError(fact, hint=f"--engine {BUILT_IN} gives the same answers") from None
    return jsonschema_engine.check
