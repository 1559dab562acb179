"""The planner's configuration, in a request's features.planner or in the arguments of a planner component.

No CRD describes it: a request passes it on, the profiler reads it first of all, and the planner at its start.
"""

from __future__ import annotations

import dataclasses
import json
import math
from typing import TYPE_CHECKING, Any

from dynamo_crd.admission.faults import Fault, forbidden, invalid, required, unsupported
from dynamo_crd.admission.planner_fields import (
    ALIASES,
    DEFAULTS,
    FIELDS,
    RETIRED,
    ROLES,
    SCHEDULING,
    PlannerField,
)
from dynamo_crd.admission.rule import within
from groundwork.kube.values import Json, mapping, number, sequence

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dynamo_crd.admission.components import Component
    from groundwork.base.field_paths import Path

SWEEP = "pre_deployment_sweeping_mode"
_THRESHOLDS = (
    (("disagg", "prefill"), "prefill_scale_up_queue_tokens", "prefill_scale_down_queue_tokens"),
    (("disagg", "decode", "agg"), "decode_scale_up_kv_rate", "decode_scale_down_kv_rate"),
)
"""Modes, and the thresholds that optimization_target load needs in them."""


def planner_of(component: Component) -> tuple[Json | None, Path]:
    """The configuration that a planner component has as JSON on its command line, and where that argument is."""
    args = sequence(component.main.get("args"))
    if component.type == "planner" and "--config" in args[:-1]:
        index = args.index("--config") + 1
        try:
            config = json.loads(str(args[index]))
        except ValueError:
            config = None  # The path of a file.
        if isinstance(config, dict):
            return config, (*component.main_path, "args", index)
    return None, ()


def setting(config: Json, name: str) -> Any:
    """What a field is set to, or its default."""
    return config.get(written(config, name), DEFAULTS.get(name))


def written(config: Json, name: str) -> str:
    """The name under which a field is set: the newer, or the older one."""
    older = ALIASES.get(name, name)
    return older if older in config and name not in config else name


def is_off(config: Json) -> bool:
    """Whether there is no sweep before the deployment."""
    return setting(config, SWEEP) in (None, "none")


def planner_faults(config: Json, path: Path, release: str) -> Iterator[Fault]:
    """All faults of a configuration.

    Args:
        config: as JSON.
        path: where it stands. Fields of an argument have no place of their own: all faults are at the argument,
            and say which field it is.
        release: whose planner reads it.
    """
    argument = path[-2:-1] == ("args",)
    for fault in (
        *_values(config, release),
        *_relations(config),
        *_performance_model(config),
        *_power(config),
        *_scaling(config, release),
    ):
        if argument:
            yield dataclasses.replace(fault, path=path, says=f"{fault.says} ({'.'.join(map(str, fault.path))})")
        else:
            yield dataclasses.replace(fault, path=(*path, *fault.path))


def _values(config: Json, release: str) -> Iterator[Fault]:
    for key, value in config.items():
        if key in RETIRED and within(release, RETIRED[key][0]):
            yield forbidden("planner-retired", (key,), f"{key} {RETIRED[key][1]}")
        field = FIELDS.get(key)
        if field is None or not field.held(release) or value is None:
            continue
        allowed = field.allowed(release)
        if allowed and value not in allowed:
            yield unsupported("planner-value", (key,), value, allowed)
        wrong = _outside(value, field)
        if wrong:
            yield invalid("planner-range", (key,), value, wrong)


def _outside(value: Any, field: PlannerField) -> str:
    amount = number(value)
    if amount is None:
        return ""
    if field.above is not None and amount <= field.above:
        return f"is not greater than {field.above:g}"
    if field.at_least is not None and amount < field.at_least:
        return f"is less than {field.at_least:g}"
    if field.at_most is not None and amount > field.at_most:
        return f"is greater than {field.at_most:g}"
    return ""


def _relations(config: Json) -> Iterator[Fault]:
    key = "fpm_sample_bucket_size"
    size = config.get(key)
    if isinstance(size, int) and (size < 0 or math.isqrt(size) ** 2 != size):
        yield invalid("planner-sample-buckets", (key,), size, "is not the square of a whole number")
    key = "global_planner_namespace"
    if setting(config, "environment") == "global-planner" and not config.get(key):
        yield required("planner-global", (key,), "environment is global-planner")
    for key in mapping(config, "scheduling"):
        if key not in SCHEDULING:
            yield forbidden("planner-scheduling", ("scheduling", key), f"only {', '.join(SCHEDULING)} are")


def _performance_model(config: Json) -> Iterator[Fault]:
    key = "ais_perf_model"
    model = config.get(key)
    if not isinstance(model, dict):
        return
    roles = mapping(model, "roles")
    for other in model:
        if other != "roles":
            yield forbidden("planner-roles", (key, other), "ais_perf_model has roles, and nothing else")
    known = sorted({role for roles in ROLES.values() for role in roles})
    for role in roles:
        if role not in known:
            yield unsupported("planner-roles", (key, "roles", role), role, known)
    mode = setting(config, "mode")
    for role in ROLES.get(mode, ()) if isinstance(mode, str) else ():
        if role not in roles:
            yield required("planner-roles", (key, "roles", role), f"mode is {mode}")


def _power(config: Json) -> Iterator[Fault]:
    if config.get("enable_power_awareness") is not True:
        return
    if config.get("total_gpu_power_limit") is None:
        yield required("planner-power", ("total_gpu_power_limit",), "enable_power_awareness is true")
    environment, mode = setting(config, "environment"), setting(config, "mode")
    if environment != "kubernetes":
        says = "is not kubernetes, which enable_power_awareness needs"
        yield invalid("planner-power", ("environment",), environment, says)
    if mode == "agg":
        yield invalid("planner-power", ("mode",), mode, "cannot be while enable_power_awareness is true")


def _scaling(config: Json, release: str) -> Iterator[Fault]:
    has_targets = FIELDS["optimization_target"].in_release(release)
    target = setting(config, "optimization_target") if has_targets else "sla"
    if target == "load":
        yield from _thresholds(config)
    if target != "sla":
        return  # It scales by load alone, whatever the switches say.
    by_throughput = setting(config, "enable_throughput_scaling") is True
    by_load = setting(config, "enable_load_scaling") is True
    if not by_throughput and not by_load:
        says = "leaves no way of scaling: enable_load_scaling is off, too"
        key = "enable_throughput_scaling"
        yield invalid("planner-no-scaling", (key,), config.get(key), says)
    if by_throughput and is_off(config):
        says = "cannot be while enable_throughput_scaling is on, as it is by default"
        yield invalid("planner-sweep", (SWEEP,), config.get(SWEEP), says)
    if by_throughput and by_load:
        yield from _intervals(config)


def _intervals(config: Json) -> Iterator[Fault]:
    one, other = (f"{kind}_adjustment_interval_seconds" for kind in ("load", "throughput"))
    often, rarely = number(setting(config, one)), number(setting(config, other))
    if often is not None and rarely is not None and often >= rarely:
        says = f"is not less than {written(config, other)}, which is {rarely}"
        yield invalid("planner-intervals", (written(config, one),), often, says)


def _thresholds(config: Json) -> Iterator[Fault]:
    mode = setting(config, "mode")
    for modes, up, down in _THRESHOLDS:
        if mode not in modes:
            continue
        for name in (up, down):
            if config.get(name) is None:
                yield required("planner-thresholds", (name,), f"optimization_target is load and mode is {mode}")
        high, low = number(config.get(up)), number(config.get(down))
        if high is not None and low is not None and high <= low:
            yield invalid("planner-threshold-order", (up,), high, f"is not above {down}, which is {low}")
