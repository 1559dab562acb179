"""The wheel of `ai-dynamo`: a file, or a version on PyPI; its source is read, never run."""

from __future__ import annotations

import re
import sys
import tempfile
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from groundwork.base.errors import EnvironmentFault, UserError
from groundwork.base.positions import Position
from groundwork.system.processes import run

if TYPE_CHECKING:
    from collections.abc import Iterator

PACKAGE = "ai-dynamo"
_PINNED = re.compile(r"([A-Za-z][\w.-]*)==([\w.+!-]+)", re.ASCII)
_HINT = f"name a file that ends in .whl, or a version on PyPI such as {PACKAGE}==1.6.1"


@dataclass(frozen=True)
class Wheel:
    """The text files of a wheel."""

    name: str
    """Name as the command line has it."""
    texts: dict[str, str]
    """Texts by path in the wheel, without tests."""

    def __str__(self) -> str:
        return f"{PACKAGE} {self.version}".strip()

    @cached_property
    def version(self) -> str:
        """Version that its metadata says; "" if there are none."""
        about = next((text for path, text in self.texts.items() if path.endswith(".dist-info/METADATA")), "")
        found = re.search(r"^Version: (\S+)$", about, re.MULTILINE)
        return found[1] if found else ""

    @property
    def requires(self) -> dict[str, str]:
        """What it needs without an extra: names, each with its line in the metadata."""
        about = next((text for path, text in self.texts.items() if path.endswith(".dist-info/METADATA")), "")
        lines = re.findall(r"^Requires-Dist: (([\w.-]+).*)$", about, re.MULTILINE)
        return {name: line for line, name in lines if "extra ==" not in line}

    def under(self, folder: str, suffix: str = ".py") -> Iterator[tuple[str, str]]:
        """Paths and texts of the files in a folder of it."""
        for path, text in sorted(self.texts.items()):
            if path.startswith(folder) and path.endswith(suffix):
                yield path, text


def read(name: str) -> Wheel:
    """A wheel by what the command line calls it.

    Raises:
        UserError: neither a file nor a version, or no wheel; the file first.
        EnvironmentFault: PyPI does not have it, or does not answer.
    """
    if _PINNED.fullmatch(name):
        with tempfile.TemporaryDirectory(prefix="dynamo-docs-wheel-") as folder:
            return Wheel(name, _texts(_downloaded(name, Path(folder))))
    path = Path(name)
    if path.suffix != ".whl":
        raise UserError(f"--wheel {name!r} is no wheel", hint=_HINT)
    if not path.is_file():
        raise UserError("there is no such file", hint=_HINT, where=Position(name))
    return Wheel(name, _texts(path))


def _downloaded(name: str, folder: Path) -> Path:
    pip = (sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--only-binary", ":all:")
    hint = "--wheel FILE.whl takes one that lies on this machine"
    run([*pip, "--dest", folder, name], what=f"downloading {name}", hint=hint, source="PyPI")
    found = list(folder.glob("*.whl"))
    if not found:
        raise EnvironmentFault(f"pip downloaded no wheel of {name}", hint=hint)
    return found[0]


def _texts(path: Path) -> dict[str, str]:
    try:
        with zipfile.ZipFile(path) as archive:
            return {
                name: archive.read(name).decode("utf-8", "replace") for name in archive.namelist() if _kept(name)
            }
    except (zipfile.BadZipFile, OSError) as error:
        said = str(error) or type(error).__name__
        raise UserError(f"not a wheel: {said}", hint=_HINT, where=Position(str(path))) from None


def _kept(name: str) -> bool:
    return name.endswith((".py", ".yaml", ".yml", "/METADATA")) and "/tests/" not in name
