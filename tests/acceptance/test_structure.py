"""The rooms of tools/ stand on each other in one direction, and none is too full."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

from support.rooms import House, circles, of_folder, read

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
        "plain_english",
    ),
)
"""The import order: a module imports from its own entry and from those before it."""
ENGINE = "docs_test"
BELOW = ("groundwork", "kube_manifests", ENGINE)
"""What the engine may import of this project: it knows no product, and nothing that makes clusters."""
RENDERERS = ("mkdocs", "mkdocs_macros", "material", "jinja2", "markdown", "pymdownx")
"""What renders a site: only the room that reads pages may import it."""
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


def test_no_modules_import_each_other(house: House) -> None:
    assert circles(house.imports) == []


def test_a_circle_is_found() -> None:
    sources = {"a/x/one.py": "from a.y import two\n", "a/y/two.py": "if TYPE_CHECKING:\n    import a.x.one\n"}
    assert read(sources).circles() == [["a.x", "a.y"]]
    assert circles(read(sources).imports) == [["a.x.one", "a.y.two"]]


def test_no_room_is_too_full(house: House) -> None:
    assert {name: count for name, count in house.rooms.items() if count > FULL} == {}


def beyond(house: House) -> list[str]:
    """What the engine imports of this project and may not."""
    return sorted(
        f"{module} -> {other}"
        for module, others in house.imports.items()
        for other in others
        if module.startswith(f"{ENGINE}.") and other.split(".")[0] not in BELOW
    )


def test_the_engine_knows_no_product(house: House) -> None:
    assert beyond(house) == []


def test_an_engine_that_knows_one_is_found() -> None:
    late = "def run():\n    from dynamo_docs import product\n"
    sources = {"docs_test/run.py": late, "dynamo_docs/product.py": "import docs_test.run\n"}
    assert beyond(read(sources)) == ["docs_test.run -> dynamo_docs.product"]


def between_commands(house: House) -> list[str]:
    """Imports of a command by another one: what several need has a room below them."""
    commands = f"{ENGINE}.commands."
    return sorted(
        f"{module} -> {other}"
        for module, others in house.imports.items()
        for other in others
        if module.startswith(commands) and other.startswith(commands) and module != other
    )


def test_commands_do_not_import_each_other(house: House) -> None:
    assert between_commands(house) == []


def test_a_command_that_imports_another_one_is_found() -> None:
    sources = {
        "docs_test/commands/a.py": "from docs_test.commands.b import x\n",
        "docs_test/commands/b.py": "x = 1\n",
    }
    assert between_commands(read(sources)) == ["docs_test.commands.a -> docs_test.commands.b"]


def rendering(path: str, text: str) -> list[str]:
    """The imports of a module of the engine that only the room of pages may have."""
    if path.startswith(f"{ENGINE}/pages/"):
        return []
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            found.add(node.module or "")
    return sorted(f"{path}: {name}" for name in found if name.split(".")[0] in RENDERERS)


def test_only_the_room_of_pages_renders() -> None:
    tools = Path(__file__).resolve().parents[2] / "tools"
    files = [*(tools / ENGINE).rglob("*.py")]
    assert files
    texts = {file.relative_to(tools).as_posix(): file.read_text(encoding="utf-8") for file in files}
    assert [one for path, text in texts.items() for one in rendering(path, text)] == []


def test_another_room_that_renders_is_found() -> None:
    text = "def late():\n    from mkdocs.config import load_config\n    import pymdownx.superfences\n"
    assert rendering("docs_test/pages/site.py", text) == []
    assert rendering("docs_test/commands/run.py", text) == [
        "docs_test/commands/run.py: mkdocs.config",
        "docs_test/commands/run.py: pymdownx.superfences",
    ]
