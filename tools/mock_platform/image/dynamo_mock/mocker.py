"""`python3 -m dynamo.mocker …` with `--aic-perf-model`: the real mocker, with a table for what it would ask.

In ai-dynamo 1.4.2 that flag asks AIConfigurator's core while the worker runs, and the two do not fit together: the
core of 0.12.0 writes another form of its specification than this release reads, and 0.11.0 is on no public index.
The tables of the image hold the same predictions.
"""

from __future__ import annotations

import argparse
import os
import sys
from typing import TYPE_CHECKING

from .predictions import GPU_VARIABLE, HOME, Setup, system, timing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

PREFIX = "mock: "
AIC_FLAGS = {
    "--aic-system": str,
    "--aic-backend": str,
    "--aic-backend-version": str,
    "--aic-tp-size": int,
    "--aic-moe-tp-size": int,
    "--aic-moe-ep-size": int,
    "--aic-attention-dp-size": int,
    "--aic-nextn": int,
    "--aic-nextn-accept-rates": str,
    "--aic-mtp-seed": int,
}
UNUSED = ("--aic-moe-tp-size", "--aic-moe-ep-size", "--aic-attention-dp-size", "--aic-nextn")
"""Flags that have no effect; 1 is what a dense model has anyway."""


def rewrite(words: Sequence[str], environ: Mapping[str, str], home: Path = HOME) -> tuple[list[str], list[str]]:
    """The mocker's arguments without AIConfigurator's flags, with the table for them; and notes for the log."""
    parser = argparse.ArgumentParser(prog="python3 -m dynamo.mocker", allow_abbrev=False, add_help=False)
    parser.add_argument("--aic-perf-model", action="store_true")
    for name, kind in AIC_FLAGS.items():
        parser.add_argument(name, type=kind)
    asked, rest = parser.parse_known_args(words)
    if not asked.aic_perf_model:
        return list(words), []
    others = argparse.ArgumentParser(prog=parser.prog, allow_abbrev=False, add_help=False)
    for name in ("--model-path", "--engine-type", "--planner-profile-data"):
        others.add_argument(name)
    given, _ = others.parse_known_args(rest)
    if given.planner_profile_data:
        return rest, ["timing: as --planner-profile-data says; --aic-perf-model has no effect beside it"]
    found = timing(
        Setup(
            model=given.model_path or "",
            backend=asked.aic_backend or given.engine_type or "vllm",
            system=system({GPU_VARIABLE: asked.aic_system} if asked.aic_system else environ),
            tensor_parallel=asked.aic_tp_size or 1,
        ),
        home,
    )
    notes = ["--aic-perf-model: predicted when this image was made, not while the worker runs", found.note]
    if found.engine and asked.aic_backend_version not in (None, found.engine):
        notes.append(f"--aic-backend-version {asked.aic_backend_version}: the prediction is for {found.engine}")
    unused = ((name, getattr(asked, name.lstrip("-").replace("-", "_"))) for name in UNUSED)
    notes += [f"{name} {value} has no effect on a mock" for name, value in unused if value not in (None, 0, 1)]
    return [*rest, *found.arguments], notes


def main() -> None:
    """Become the real mocker, with other arguments where the given ones cannot work."""
    sys.argv[1:], notes = rewrite(sys.argv[1:], os.environ)
    for note in notes:
        print(PREFIX + note, file=sys.stderr, flush=True)
    from dynamo.mocker.main import main as run  # type: ignore[import-not-found]  # noqa: PLC0415 - in the image only

    run()
