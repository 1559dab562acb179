"""The planner's configuration: names, sets of values and limits, by release. Facts from `ai-dynamo` on PyPI.

Read were 1.0.2, 1.1.0, 1.4.2, 1.5.1 and 1.6.1; what is dated to main-1.5.0 was on the main branch then. Keys that
1.7 brought could not be read.
"""

from __future__ import annotations

from dataclasses import dataclass

from dynamo_crd.admission.rule import RELEASES, within

_1_0, _1_1, _1_4 = "v1.0.2", "v1.1.0", "main-1.4.0"
_1_5_DEV, _1_5, _1_6 = "main-1.5.0", "v1.5.0", "v1.6.1"


@dataclass(frozen=True, slots=True)
class PlannerField:
    """One field at the top of the configuration."""

    name: str
    since: str = _1_0
    until: str = RELEASES[-1]
    values: tuple[str, ...] = ()
    """Allowed values; empty: any."""
    values_since: tuple[tuple[str, str], ...] = ()
    """Members of `values` that came later than the field, each with its first release."""
    above: float | None = None
    at_least: float | None = None
    at_most: float | None = None
    held_since: str = ""
    """First release that refuses other values, and numbers beyond the limits; "": all that read the field do."""

    def in_release(self, release: str) -> bool:
        """Whether this release's planner reads it."""
        return within(release, self.since, self.until)

    def held(self, release: str) -> bool:
        """Whether this release's planner refuses what is not among its values, or beyond its limits."""
        return within(release, self.held_since or self.since, self.until)

    def allowed(self, release: str) -> tuple[str, ...]:
        """`values` of a release."""
        late = dict(self.values_since)
        return tuple(value for value in self.values if within(release, late.get(value, self.since)))


ALIASES = {
    "throughput_adjustment_interval_seconds": "throughput_adjustment_interval",
    "load_adjustment_interval_seconds": "load_adjustment_interval",
    "ttft_ms": "ttft",
    "itl_ms": "itl",
}
"""Names since 1.4, and the older ones, which are still read."""

DEFAULTS = {
    "mode": "disagg",
    "environment": "kubernetes",
    "optimization_target": "throughput",
    "enable_throughput_scaling": True,
    "enable_load_scaling": False,
    "pre_deployment_sweeping_mode": "rapid",
    "throughput_adjustment_interval_seconds": 180,
    "load_adjustment_interval_seconds": 5,
}

SCHEDULING = ("tick_max_duration_seconds", "external_plugins", "gateway", "scale_interval_seconds")
"""Fields of `scheduling`, which alone refuses others."""

RETIRED = {"aic_perf_model": (_1_6, "is no longer read: ais_perf_model.roles takes its place")}
"""Fields that a planner refuses, by name: the first release that does, and why."""

ROLES = {"disagg": ("prefill", "decode"), "prefill": ("prefill",), "decode": ("decode",), "agg": ("aggregated",)}
"""Roles that ais_perf_model must describe, by mode; it knows no others than these."""

_PLAIN = """
    namespace log_dir max_gpu_budget decode_engine_num_gpu prefill_engine_num_gpu profile_results_dir
    load_predictor_log1p load_predictor_warmup_trace kalman_q_level
    kalman_q_trend kalman_r kalman_min_points metric_pulling_prometheus_endpoint metric_reporting_prometheus_port
    model_name global_planner_namespace enable_throughput_scaling enable_load_scaling
    throughput_adjustment_interval load_min_observations itl
"""
_SINCE_1_1 = "report_interval_hours report_output_dir live_dashboard_port"
_SINCE_1_4 = """
    throughput_adjustment_interval_seconds itl_ms min_gpu_budget aic_interpolation
    metric_pulling_prometheus_token metric_pulling_prometheus_token_file metric_pulling_prometheus_ssl_verify
    metric_pulling_prometheus_extra_query_params metric_pulling_prometheus_ca_bundle advisory report_filename
    report_write_gzip_log scheduling plugin_registration
"""

FIELDS = {
    field.name: field
    for field in (
        *(PlannerField(name) for name in _PLAIN.split()),
        *(PlannerField(name, _1_1) for name in _SINCE_1_1.split()),
        *(PlannerField(name, _1_4) for name in _SINCE_1_4.split()),
        PlannerField("mode", values=("disagg", "prefill", "decode", "agg")),
        PlannerField("backend", values=("vllm", "sglang", "trtllm", "mocker")),
        PlannerField("environment", values=("kubernetes", "virtual", "global-planner")),
        PlannerField(
            "optimization_target",
            _1_1,
            values=("throughput", "latency", "load", "sla"),
            values_since=(("load", _1_4),),
        ),
        PlannerField("pre_deployment_sweeping_mode", values=("none", "rapid", "thorough")),
        PlannerField("throughput_metrics_source", values=("frontend", "router")),
        PlannerField("ttft", above=0),
        PlannerField("ttft_ms", _1_4, above=0),
        PlannerField("load_adjustment_interval", above=0),
        PlannerField("load_adjustment_interval_seconds", _1_4, above=0),
        PlannerField("prefill_scale_up_queue_tokens", _1_4, at_least=0),
        PlannerField("prefill_scale_down_queue_tokens", _1_4, at_least=0),
        PlannerField("decode_scale_up_kv_rate", _1_4, at_least=0, at_most=100),
        PlannerField("decode_scale_down_kv_rate", _1_4, at_least=0, at_most=100),
        PlannerField("speculative_nextn", _1_4, at_least=0),
        PlannerField("load_predictor", values=("constant", "arima", "prophet", "kalman"), held_since=_1_6),
        PlannerField("prophet_window_size", above=0, held_since=_1_6),
        PlannerField("max_num_fpm_samples", _1_1, above=0, held_since=_1_6),
        PlannerField("fpm_sample_bucket_size", _1_1, above=0, held_since=_1_6),
        PlannerField("load_scaling_down_sensitivity", at_least=0, at_most=100, held_since=_1_6),
        PlannerField("min_endpoint", at_least=0, held_since=_1_5_DEV),
        PlannerField("prefill_min_endpoint", _1_5_DEV, at_least=1),
        PlannerField("decode_min_endpoint", _1_5_DEV, at_least=1),
        PlannerField("control_api_port", _1_5_DEV, at_least=0, at_most=65535),
        PlannerField("enable_power_awareness", _1_5_DEV),
        PlannerField("total_gpu_power_limit", _1_5_DEV, at_least=1),
        PlannerField("metric_pulling_prometheus_request_timeout_seconds", _1_5, above=0),
        PlannerField("max_throughput_scaling_replicas", _1_6, above=0),
        PlannerField("aic_perf_model", _1_4, _1_5),
        PlannerField("ais_perf_model", _1_6),
        PlannerField("no_operation", until=_1_1),
        PlannerField("no_correction", until=_1_0),
        PlannerField("load_router_metrics_url", until=_1_0),
        PlannerField("load_learning_window", until=_1_0),
        PlannerField("load_metric_samples", until=_1_1),
    )
}
"""Fields by name. The planner ignores fields that it does not know."""
