"""Numbers, times and foreign messages, as people read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from groundwork.base import wording

if TYPE_CHECKING:
    from dynamo_api.views.model import Hardware, Sla, Workload

_REPEATED = re.compile(r"^(?:(?:profiling|validation|deployment) failed: )+", re.IGNORECASE)


def duration(seconds: float) -> str:
    """As kubectl writes ages: 45s, 12m, 3h5m, 4d."""
    whole = max(0, int(seconds))
    minutes, hours, days = whole // 60, whole // 3600, whole // 86400
    if minutes < 2:  # noqa: PLR2004  kubectl shows up to 119 s as such.
        return f"{whole}s"
    if minutes < 10:  # noqa: PLR2004
        return f"{minutes}m{whole % 60}s" if whole % 60 else f"{minutes}m"
    if hours < 3:  # noqa: PLR2004
        return f"{minutes}m"
    if hours < 48:  # noqa: PLR2004
        return f"{hours}h"
    return f"{days}d"


def quoted(message: str) -> str:
    """A message of the cluster inside a sentence of ours: one line, without repetitions, not endless."""
    return wording.quoted(_REPEATED.sub("", " ".join(message.split())))


def milliseconds(value: float) -> str:
    return f"{value:.10g} ms"


def latencies(sla: Sla, *, rounded: bool = False) -> str:
    """`ttft 500 ms, itl 50 ms`; "" where nothing is said."""
    named = (("ttft", sla.ttft), ("itl", sla.itl), ("end to end", sla.e2e))
    digits = 4 if rounded else 10
    return ", ".join(f"{name} {value:.{digits}g} ms" for name, value in named if value is not None)


def load(workload: Workload) -> str:
    """`isl 2048, osl 256, 4 at a time`; "" where nothing is said."""
    parts = [
        f"isl {workload.isl}" if workload.isl is not None else "",
        f"osl {workload.osl}" if workload.osl is not None else "",
        f"{workload.concurrency:.10g} at a time" if workload.concurrency is not None else "",
        f"{workload.request_rate:.10g} requests/s" if workload.request_rate is not None else "",
    ]
    return ", ".join(filter(None, parts))


def gpus(hardware: Hardware) -> str:
    """`8 x h100_sxm`; "" where nothing is known."""
    if hardware.total and hardware.sku:
        return f"{hardware.total} x {hardware.sku}"
    return hardware.sku or (f"{hardware.total} GPUs" if hardware.total else "")


def plural(count: int, one: str, many: str = "") -> str:
    return f"{count} {one if count == 1 else many or one + 's'}"
