"""Functions that Kubernetes adds to CEL, for the engine: quantities, lists, sets.

Not here: URLs, addresses, versions, `find`/`findAll`, `format.*`, the authorizer. A rule that uses one of those
does not compile, and is reported as not checked; none of Dynamo's rules does.

The engine cannot hold a value of a type that Python invents, so a quantity is a map from bool to string
(`{True: nano-units}`). No JSON value is such a map and `<` does not take maps: mixing a quantity with a string or
comparing two with `<` stays an error, as in Kubernetes, and `==` is right since equal quantities are equal maps.
"""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, Any

from cel_expr_python import cel

from kube_manifests.cel import quantities
from kube_manifests.cel.quantities import LARGEST, NANO

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_Quantity = dict[bool, str]
_DYN, _BOOL, _INT, _DOUBLE, _STRING = (
    *(cel.Type.DYN, cel.Type.BOOL, cel.Type.INT),
    *(cel.Type.DOUBLE, cel.Type.STRING),
)
_LIST = cel.Type.LIST
_QUANTITY = cel.Type.Map(_BOOL, _STRING)


def extension() -> Any:
    """The functions, as an extension of the engine's environment."""
    functions = {**_quantities(), **_lists(), **_sets()}
    return cel.CelExtension("kubernetes", [cel.FunctionDecl(name, made) for name, made in functions.items()])


def _overload(identity: str, result: Any, parameters: Sequence[Any], impl: Callable[..., Any], **more: Any) -> Any:
    return cel.Overload(identity, result, list(parameters), impl=impl, **more)


def _member(identity: str, result: Any, parameters: Sequence[Any], impl: Callable[..., Any]) -> Any:
    return _overload(identity, result, parameters, impl, is_member=True)


def _of(nano: int) -> _Quantity:
    return {True: str(nano)}


def _nano(quantity: _Quantity) -> int:
    return int(quantity[True])


def _is_quantity(text: str) -> bool:
    try:
        quantities.parse(text)
    except ValueError:
        return False
    return True


def _is_integer(quantity: _Quantity) -> bool:
    nano = _nano(quantity)
    return nano % NANO == 0 and abs(nano) < LARGEST * NANO


def _as_integer(quantity: _Quantity) -> int:
    if not _is_integer(quantity):
        raise ValueError("the quantity is not an integer of 64 bits")
    return _nano(quantity) // NANO


def _compared(one: _Quantity, other: _Quantity) -> int:
    return (_nano(one) > _nano(other)) - (_nano(one) < _nano(other))


def _sign(quantity: _Quantity) -> int:
    return _compared(quantity, _of(0))


def _quantities() -> dict[str, list[Any]]:
    """Names and signatures as in `k8s.io/apiserver/pkg/cel/library`."""
    two, and_int = [_QUANTITY, _QUANTITY], [_QUANTITY, _INT]
    return {
        "quantity": [
            _overload("string_to_quantity", _QUANTITY, [_STRING], lambda text: _of(quantities.parse(text)))
        ],
        "isQuantity": [_overload("is_quantity_string", _BOOL, [_STRING], _is_quantity)],
        "sign": [
            _overload("quantity_sign", _INT, [_QUANTITY], _sign),
            _member("quantity_sign_member", _INT, [_QUANTITY], _sign),
        ],
        "isGreaterThan": [_member("quantity_is_greater_than", _BOOL, two, lambda a, b: _compared(a, b) > 0)],
        "isLessThan": [_member("quantity_is_less_than", _BOOL, two, lambda a, b: _compared(a, b) < 0)],
        "compareTo": [_member("quantity_compare_to", _INT, two, _compared)],
        "isInteger": [_member("quantity_is_integer", _BOOL, [_QUANTITY], _is_integer)],
        "asInteger": [_member("quantity_get_int", _INT, [_QUANTITY], _as_integer)],
        "asApproximateFloat": [_member("quantity_get_float", _DOUBLE, [_QUANTITY], lambda q: _nano(q) / NANO)],
        "add": [
            _member("quantity_add", _QUANTITY, two, lambda a, b: _of(_nano(a) + _nano(b))),
            _member("quantity_add_int", _QUANTITY, and_int, lambda a, number: _of(_nano(a) + number * NANO)),
        ],
        "sub": [
            _member("quantity_sub", _QUANTITY, two, lambda a, b: _of(_nano(a) - _nano(b))),
            _member("quantity_sub_int", _QUANTITY, and_int, lambda a, number: _of(_nano(a) - number * NANO)),
        ],
    }


def _equal(one: Any, other: Any) -> bool:
    """As CEL: a bool is no number, though 1 equals 1.0."""
    return isinstance(one, bool) == isinstance(other, bool) and bool(one == other)


def _has(values: list[Any], value: Any) -> bool:
    return any(_equal(one, value) for one in values)


def _index_of(values: list[Any], value: Any) -> int:
    return next((index for index, one in enumerate(values) if _equal(one, value)), -1)


def _last_index_of(values: list[Any], value: Any) -> int:
    index = _index_of(values[::-1], value)
    return index if index < 0 else len(values) - 1 - index


def _is_sorted(values: list[Any]) -> bool:
    return all(not (after < before) for before, after in pairwise(values))


def _lists() -> dict[str, list[Any]]:
    with_value = [_LIST, _DYN]
    return {
        "isSorted": [_member("list_is_sorted", _BOOL, [_LIST], _is_sorted)],
        "sum": [_member("list_sum", _DYN, [_LIST], sum)],
        "min": [_member("list_min", _DYN, [_LIST], min)],
        "max": [_member("list_max", _DYN, [_LIST], max)],
        "indexOf": [_member("list_index_of", _INT, with_value, _index_of)],
        "lastIndexOf": [_member("list_last_index_of", _INT, with_value, _last_index_of)],
    }


def _sets() -> dict[str, list[Any]]:
    two = [_LIST, _LIST]

    def contains(one: list[Any], other: list[Any]) -> bool:
        return all(_has(one, value) for value in other)

    return {
        "sets.contains": [_overload("list_sets_contains", _BOOL, two, contains)],
        "sets.equivalent": [
            _overload("list_sets_equivalent", _BOOL, two, lambda a, b: contains(a, b) and contains(b, a))
        ],
        "sets.intersects": [
            _overload("list_sets_intersects", _BOOL, two, lambda a, b: any(_has(a, value) for value in b))
        ],
    }
