"""Wheels: the plugin's own, and the validator's single file as the script of one for each platform."""

from __future__ import annotations

import base64
import hashlib
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from docs_site.downloads.archive import zipped
from docs_site.downloads.single_file import HEAD, OLDEST
from groundwork.base.paths import root
from groundwork.system.processes import run

if TYPE_CHECKING:
    from docs_site.downloads.recipe import Tool

PLUGIN = "tools/packaging/kubectl-dynamo"
PIP_HEAD = b"#!python\n"
"""Line in whose place pip writes the Python that it installs for."""


def of_plugin(epoch: str = "315532800") -> tuple[str, bytes]:
    """The plugin's wheel, built from a copy, as building writes beside the sources: its name and its bytes.

    Raises:
        EnvironmentFault: it could not be built.
    """
    with tempfile.TemporaryDirectory(prefix="wheel-") as folder:
        source = Path(folder, "source")
        ignored = shutil.ignore_patterns("__pycache__", "*.egg-info", "build")
        shutil.copytree(root() / "tools", source / "tools", ignore=ignored)
        shutil.copy(root() / "LICENSE", source)
        command = [sys.executable, "-m", "pip", "wheel", "--quiet", "--no-build-isolation", "--no-deps"]
        command += ["--no-index", "--wheel-dir", folder, str(source / PLUGIN)]
        run(command, what="building the plugin's wheel", env={"SOURCE_DATE_EPOCH": epoch})
        (found,) = Path(folder).glob("*.whl")
        return found.name, found.read_bytes()


def of_script(tool: Tool, version: str, single: bytes, platform: str) -> tuple[str, bytes]:
    """A wheel that installs a single file as a program: its name and its bytes.

    Args:
        tool: the tool.
        version: of it.
        single: the single file.
        platform: tag of the wheel.
    """
    name = tool.name.replace("-", "_")
    about = f"{name}-{version}.dist-info"
    metadata = f"Metadata-Version: 2.1\nName: {tool.name}\nVersion: {version}\nRequires-Python: >={OLDEST}\n"
    tags = f"Wheel-Version: 1.0\nGenerator: docs_site\nRoot-Is-Purelib: false\nTag: py3-none-{platform}\n"
    files = {
        f"{name}-{version}.data/scripts/{tool.name}": PIP_HEAD + single.removeprefix(HEAD),
        f"{about}/METADATA": metadata.encode(),
        f"{about}/WHEEL": tags.encode(),
        f"{about}/licenses/LICENSE": (root() / "LICENSE").read_bytes(),
    }
    record = [f"{file},sha256={_hash(data)},{len(data)}" for file, data in files.items()]
    files[f"{about}/RECORD"] = "\n".join([*record, f"{about}/RECORD,,", ""]).encode()
    return f"{name}-{version}-py3-none-{platform}.whl", zipped(files)


def _hash(data: bytes) -> str:
    return base64.urlsafe_b64encode(hashlib.sha256(data).digest()).rstrip(b"=").decode()
