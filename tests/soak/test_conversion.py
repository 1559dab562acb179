"""The properties of conversion over thousands of random objects, other ones each time."""

from __future__ import annotations

import os
import secrets
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = [pytest.mark.soak(part="conversion"), pytest.mark.timeout(2700)]

TESTS = Path(__file__).parents[1] / "dynamo_crd" / "test_conversion_properties.py"
OBJECTS = 3000


def test_conversion_holds_its_properties_over_thousands_of_objects(tmp_path: Path) -> None:
    seed = os.environ.get("CONVERSION_SEED") or secrets.token_hex(4)
    env = {**os.environ, "CONVERSION_OBJECTS": str(OBJECTS), "CONVERSION_SEED": seed}
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-o",
        "timeout=2700",
        "--basetemp",
        str(tmp_path / "inner"),
        str(TESTS),
    ]
    done = subprocess.run(command, env=env, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"CONVERSION_SEED={seed}\n{done.stdout[-20_000:]}"
