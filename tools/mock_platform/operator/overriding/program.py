"""The command line of the program: it installs itself, says its protocol, or merges what it reads."""

from __future__ import annotations

import argparse
import json
import shutil
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from groundwork.base.paths import root
from mock_platform.operator.overriding.merge import OverrideError, apply

if TYPE_CHECKING:
    from collections.abc import Sequence

PROTOCOL = "1"
"""Version of what is read and written, as the profiler asks for it."""
_PACKAGES = ("groundwork", "dynamo_api", "mock_platform")
_SCRIPT = """\
#!/bin/sh
PYTHONDONTWRITEBYTECODE=1 PYTHONPATH="$(dirname "$0")/{name}/tools" exec python3 -m {module} "$@"
"""


def main(arguments: Sequence[str] | None = None) -> int:
    """Run; returns the exit status."""
    parser = argparse.ArgumentParser(prog="dgd-apply-overrides", description=__doc__)
    parser.add_argument("--protocol-version", action="store_true", help="print it and exit")
    parser.add_argument("--install-to", type=Path, metavar="FILE", help="copy this program there and exit")
    options = parser.parse_args(arguments)
    if options.protocol_version:
        print(PROTOCOL)
        return 0
    if options.install_to:
        install(options.install_to)
        return 0
    try:
        asked = json.load(sys.stdin)
        merged, left_out = apply(asked["blueprint"], asked["override"])
    except (OverrideError, ValueError, KeyError, TypeError) as error:
        print(f"dgd-apply-overrides: {error}", file=sys.stderr)
        return 1
    for said in left_out:
        print(f"warning: {said}", file=sys.stderr)
    json.dump(merged, sys.stdout)
    return 0


def install(program: Path) -> None:
    """Put a script there, and beside it the packages that it runs."""
    here = program.with_name(f"{program.name}.files")
    for package in _PACKAGES:
        source = root() / "tools" / package
        ignore = shutil.ignore_patterns("__pycache__", "image", "manifests")
        shutil.copytree(source, here / "tools" / package, ignore=ignore, dirs_exist_ok=True)
    shutil.copy(root() / "versions.toml", here)
    program.write_text(_SCRIPT.format(name=here.name, module=__package__), encoding="utf-8")
    program.chmod(0o755)
