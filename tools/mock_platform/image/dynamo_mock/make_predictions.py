"""Makes the tables of AIConfigurator's predictions: one for each model of the image, engine, GPU and size.

The two functions that Dynamo's mocker asks (its flag `--aic-perf-model`) are asked here for a grid: the latency of
one prefill step, and of one decode step. The mocker reads between the points of a grid, linearly, and on beyond
its ends. Figures of one request alone are therefore those of `aiconfigurator cli estimate --estimate-mode static`.
"""

from __future__ import annotations

import importlib.metadata
import json
import logging
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .model import MODELS
from .predictions import INDEX, Setup

if TYPE_CHECKING:
    from collections.abc import Iterable

BACKENDS = ("vllm", "sglang", "trtllm")
SIZES = (1, 2, 4, 8)
"""GPUs of a worker, up to one node's."""
CONTEXTS = (1, 64, 128, 256, 512, 768, 1024, 1536, 2048, 3072, 4096, 6144, 8192, 12288, 16384, 24576, 32768, 40960)
"""Tokens of one request: prompt and answer so far."""
PROMPTS = (*CONTEXTS, 65536)
"""Tokens that one prefill step takes in."""
ACTIVE = (*CONTEXTS, 65536, 131072, 262144, 524288, 1048576, 2097152)
"""Tokens of all requests that a decode step serves."""
LARGEST_BATCH = 1024
"""Requests in a decode step, at most: no engine is configured to take more, and beyond it nothing was measured."""


def main() -> None:
    """Write all tables below the folder that the command line names, and print how many."""
    logging.disable(logging.WARNING)  # Of other models' operators, with each system.
    home = Path(sys.argv[1])
    home.mkdir(parents=True)
    engines: dict[str, str] = {}
    for system, backend in ((system, backend) for system in systems() for backend in BACKENDS):
        engine = engine_version(system, backend)
        made = sum(write(Setup(model, backend, system, size), home) for model in MODELS for size in SIZES)
        if made:
            engines[f"{backend} {system}"] = engine
        print(f"{backend} {engine or '(not measured)'} on {system}: {made} tables", flush=True)
    if not engines:
        raise SystemExit("AIConfigurator predicted nothing: has its interface changed?")
    index = {"aiconfigurator": importlib.metadata.version("aiconfigurator-core"), "engines": engines}
    (home / INDEX).write_text(json.dumps(index, indent=1, sort_keys=True), encoding="utf-8")


def systems() -> list[str]:
    """Names of the systems that AIConfigurator knows, with figures or without."""
    import aiconfigurator_core  # type: ignore[import-not-found]  # noqa: PLC0415 - in the image only

    folder = Path(aiconfigurator_core.__file__).parent / "systems"
    return sorted(path.name for path in (folder / "data").iterdir() if path.is_dir())


def engine_version(system: str, backend: str) -> str:
    """The engine's release that AIConfigurator uses for a system unless told otherwise; empty if it has none."""
    from aiconfigurator_core.sdk import perf_database  # type: ignore[import-not-found]  # noqa: PLC0415

    try:
        return str(perf_database.resolve_query_version(system, backend, "current"))
    except (LookupError, ValueError):
        return ""


def write(setup: Setup, home: Path) -> bool:
    """Write the table of one set-up; False when AIConfigurator has no figures for it."""
    import numpy as np  # type: ignore[import-not-found]  # noqa: PLC0415
    from aiconfigurator_core.sdk.engine import EngineHandle  # type: ignore[import-not-found]  # noqa: PLC0415

    try:
        engine = EngineHandle.compile(setup.model, setup.system, setup.backend, tp_size=setup.tensor_parallel)
        columns = grid(engine)
    # Each release has other types for "not measured"; what matters is that a table is complete or absent.
    except Exception as error:  # noqa: BLE001
        print(f"  {setup}: {type(error).__name__}: {str(error)[:200]}", flush=True)
        return False
    table = setup.table(home)
    table.parent.mkdir(exist_ok=True)
    np.savez(table, **{name: np.array(column, dtype=np.float64) for name, column in columns.items()})
    return True


def grid(engine: Any) -> dict[str, Iterable[Any]]:
    """The mocker's columns, in milliseconds and tokens; decode_itl has a row for each of ACTIVE."""
    return {
        "prefill_isl": PROMPTS,
        "prefill_ttft_ms": [engine.predict_prefill_latency(1, tokens) for tokens in PROMPTS],
        "decode_active_kv_tokens": ACTIVE,
        "decode_context_length": CONTEXTS,
        "decode_itl": [
            [engine.predict_decode_latency(batch(active, context), context) for context in CONTEXTS]
            for active in ACTIVE
        ],
    }


def batch(active: int, context: int) -> int:
    """How many requests of one length make up the active tokens."""
    return min(max(1, round(active / context)), LARGEST_BATCH)


if __name__ == "__main__":
    main()
