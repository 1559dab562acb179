"""The rooms of tools/ stand on each other in one direction, and none is too full."""

from __future__ import annotations

import pytest

from support.rooms import House, of_folder, read

ORDER = (
    *("groundwork.base", "groundwork.reporting", "groundwork.system", "groundwork.text", "groundwork.kube"),
    *(
        "kube_manifests",
        "docs_test",
        "dynamo_api",
        "dynamo_crd",
        "kind_cluster",
        "kubectl_dynamo",
        "mock_platform",
        "dynamo_docs",
        "docs_site",
        "docs_reference",
    ),
)
"""The import order: a module imports from its own entry and from those before it."""
FULL = 16
"""Modules in a room at most, its `__init__` included."""


@pytest.fixture(scope="module")
def house() -> House:
    return of_folder()


def place(module: str) -> int:
    """Where a module stands in the import order; the `__init__` of a package is at its first entry."""
    within = (i for i, entry in enumerate(ORDER) if f"{module}.".startswith(f"{entry}."))
    first = (i for i, entry in enumerate(ORDER) if entry.partition(".")[0] == module.partition(".")[0])
    return next(within, next(first))


def backward(house: House) -> list[str]:
    """Imports against the order."""
    return sorted(
        f"{module} -> {other}"
        for module, others in house.imports.items()
        for other in others
        if place(other) > place(module)
    )


def test_imports_go_one_way(house: House) -> None:
    assert backward(house) == []


def test_a_wrong_import_is_found() -> None:
    wrong = {"docs_test/model.py": "import kind_cluster.kind\n", "kind_cluster/kind.py": "", "docs_site/a.py": ""}
    assert backward(read(wrong)) == ["docs_test.model -> kind_cluster.kind"]


def test_no_rooms_import_each_other(house: House) -> None:
    assert house.circles() == []


def test_a_circle_is_found() -> None:
    sources = {"a/x/one.py": "from a.y import two\n", "a/y/two.py": "if TYPE_CHECKING:\n    import a.x.one\n"}
    assert read(sources).circles() == [["a.x", "a.y"]]


def test_no_room_is_too_full(house: House) -> None:
    assert {name: count for name, count in house.rooms.items() if count > FULL} == {}
