"""dynamo_api ships with the kubectl plugin: whatever of it is imported brings PyYAML and nothing else."""

from __future__ import annotations

import subprocess
import sys

PRINT = """
import sys
print(*sorted({name.partition(".")[0] for name in sys.modules} - set(sys.stdlib_module_names)))
"""
ALL = """
import importlib, pkgutil
import dynamo_api
for found in pkgutil.walk_packages(dynamo_api.__path__, "dynamo_api."):
    importlib.import_module(found.name)
"""


def brought(code: str) -> set[str]:
    """The top-level packages that a program imports, but for those of Python and of PyYAML's C reader."""
    printed = (
        subprocess.run([sys.executable, "-c", program + PRINT], capture_output=True, check=True, text=True).stdout
        for program in (code, "")
    )
    found, before = (set(text.split()) for text in printed)
    return {name for name in found - before if "cython" not in name and name != "_yaml"}


def test_it_needs_pyyaml_alone() -> None:
    assert brought(ALL) == {"dynamo_api", "groundwork", "yaml"}


def test_what_else_it_would_bring_is_found() -> None:
    assert "kubernetes" in brought(f"{ALL}import kubernetes\n")
