"""Worker flags of the three backends and what they become on the mocker: data only.

Read in the argument groups of ai-dynamo 1.5.1 (dynamo.vllm, dynamo.sglang, dynamo.trtllm, dynamo.mocker) and in
the engines' own command lines. A flag that is in no table is passed over too, but reported as unknown.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["text", "count", "number", "switch", "words"]
"""Arguments of the flag: one text, a whole number (`32k` is allowed), a number, nothing, one or more words."""


@dataclass(frozen=True, slots=True)
class Flag:
    """One flag of a worker command."""

    names: tuple[str, ...]
    to: str = ""
    """The mocker's flag for it; "" if it means nothing on a mock."""
    kind: Kind = "text"
    only: tuple[str, ...] = ()
    """The values that the mocker knows; others are reported and passed over. Empty: all of them."""
    sizes: bool = False
    """Whether it says over how many GPUs a worker is spread, which decides the prediction that its timing
    follows."""


@dataclass(frozen=True, slots=True)
class Backend:
    """A worker module (`python3 -m dynamo.NAME`)."""

    name: str
    flags: tuple[Flag, ...]
    modes: Mapping[str, str]
    """Values of `--disaggregation-mode` and the mocker's word for each."""
    mode_env: str = ""
    """Environment variable that is read if `--disaggregation-mode` is absent."""
    model_env: str = ""
    prefill_needs: str = ""
    """A flag without which the real worker refuses to be a prefill worker."""
    loose_names: bool = False
    """Whether the worker (vLLM) also reads `--max_model_len`, and `--eplb-config.window_size` for a key of a JSON
    value."""
    keyed: str = ""
    """A flag whose keys are flags: `--trtllm.kv_cache_config.dtype` for a key of TensorRT-LLM's own settings."""
    removed: Mapping[str, str] = field(default_factory=dict)
    """Flags of older releases that the real worker refuses, and what to write today."""


def _same(*names: str, kind: Kind = "text", only: tuple[str, ...] = ()) -> Flag:
    return Flag(names, names[0], kind, only)


def _no_effect(kind: Kind, *names: str) -> tuple[Flag, ...]:
    return tuple(Flag((name,), "", kind) for name in names)


COMMON = (
    _same("--endpoint"),
    _same("--discovery-backend", only=("kubernetes", "etcd", "file", "mem")),
    _same("--request-plane", only=("tcp", "nats")),
    _same("--event-plane", only=("zmq", "nats")),
    *_no_effect(
        "text",
        "--dyn-tool-call-parser",
        "--dyn-reasoning-parser",
        "--dyn-default-thinking-mode",
        "--custom-jinja-template",
        "--endpoint-types",
        "--dump-config-to",
        "--load-format",
        "--quantization",
        "--revision",
    ),
    *_no_effect("switch", "--trust-remote-code", "--enable-multimodal", "--enable-rl"),
)

VLLM = Backend(
    "vllm",
    flags=(
        *COMMON,
        Flag(("--model",), "--model-path"),
        Flag(("--served-model-name",), "--model-name", "words"),
        _same("--max-model-len", kind="count"),
        _same("--max-num-seqs", kind="count"),
        _same("--max-num-batched-tokens", kind="count"),
        _same("--block-size", kind="count"),
        _same("--num-gpu-blocks-override", kind="count"),
        Flag(("--data-parallel-size", "-dp"), "--data-parallel-size", "count"),
        _same(
            "--kv-cache-dtype", only=("auto", "bfloat16", "fp8", "fp8_ds_mla", "fp8_e4m3", "fp8_e5m2", "fp8_inc")
        ),
        _same("--enable-prefix-caching", kind="switch"),
        _same("--no-enable-prefix-caching", kind="switch"),
        _same("--enable-chunked-prefill", kind="switch"),
        _same("--no-enable-chunked-prefill", kind="switch"),
        Flag(("--tensor-parallel-size", "-tp"), "", "count", sizes=True),
        Flag(("--pipeline-parallel-size", "-pp"), "", "count"),
        _same("--gpu-memory-utilization", kind="number"),
        *_no_effect(
            "count", "--dbo-decode-token-threshold", "--max-lora-rank", "--nnodes", "--node-rank", "--seed"
        ),
        *_no_effect(
            "text",
            "--all2all-backend",
            "--attention-backend",
            "--compilation-config",
            "--dtype",
            "--eplb-config",
            "--hf-overrides",
            "--kv-events-config",
            "--kv-transfer-config",
            "--mamba-cache-mode",
            "--master-addr",
            "--speculative-config",
            "--tokenizer",
        ),
        *_no_effect(
            "switch",
            "--async-scheduling",
            "--data-parallel-hybrid-lb",
            "--disable-custom-all-reduce",
            "--disable-log-requests",
            "--enable-dbo",
            "--enable-elastic-ep",
            "--enable-eplb",
            "--enable-expert-parallel",
            "--enable-lora",
            "--enforce-eager",
        ),
    ),
    modes={"agg": "agg", "pd": "agg", "prefill": "prefill", "decode": "decode"},
    mode_env="DYN_VLLM_DISAGGREGATION_MODE",
    prefill_needs="--kv-transfer-config",
    loose_names=True,
    removed={
        "--is-prefill-worker": "--disaggregation-mode prefill",
        "--is-decode-worker": "--disaggregation-mode decode",
        "--connector": "--kv-transfer-config",
    },
)

SGLANG = Backend(
    "sglang",
    flags=(
        *COMMON,
        Flag(("--model-path", "--model"), "--model-path"),
        Flag(("--served-model-name",), "--model-name", "words"),
        Flag(("--page-size",), "--sglang-page-size", "count"),
        Flag(("--dp-size", "--dp", "--data-parallel-size"), "--data-parallel-size", "count"),
        Flag(("--max-running-requests",), "--max-num-seqs", "count"),
        Flag(("--max-prefill-tokens",), "--sglang-max-prefill-tokens", "count"),
        Flag(("--chunked-prefill-size",), "--sglang-chunked-prefill-size", "count"),
        Flag(("--schedule-policy",), "--sglang-schedule-policy", "text", ("fcfs", "lpm")),
        Flag(("--schedule-conservativeness",), "--sglang-schedule-conservativeness", "number"),
        Flag(("--disable-radix-cache",), "--no-enable-prefix-caching", "switch"),
        Flag(("--tp-size", "--tp", "--tensor-parallel-size"), "", "count", sizes=True),
        Flag(("--ep-size", "--ep", "--expert-parallel-size"), "", "count"),
        _same("--mem-fraction-static", kind="number"),
        *_no_effect(
            "count", "--context-length", "--disaggregation-bootstrap-port", "--nnodes", "--node-rank", "--port"
        ),
        *_no_effect("count", "--pipeline-parallel-size", "--watchdog-timeout"),
        *_no_effect("words", "--cuda-graph-bs"),
        *_no_effect(
            "text",
            "--attention-backend",
            "--disaggregation-transfer-backend",
            "--dist-init-addr",
            "--host",
            "--kv-cache-dtype",
            "--kv-events-config",
            "--load-balance-method",
        ),
        *_no_effect(
            "switch",
            "--disable-cuda-graph",
            "--enable-dp-attention",
            "--enable-mixed-chunk",
            "--prefill-round-robin-balance",
            "--skip-tokenizer-init",
            "--use-sglang-tokenizer",
        ),
    ),
    modes={"null": "agg", "agg": "agg", "pd": "agg", "prefill": "prefill", "decode": "decode"},
)

TRTLLM = Backend(
    "trtllm",
    flags=(
        *COMMON,
        Flag(("--model", "--model-path"), "--model-path"),
        Flag(("--served-model-name",), "--model-name", "words"),
        Flag(("--max-batch-size",), "--max-num-seqs", "count"),
        Flag(("--max-num-tokens",), "--max-num-batched-tokens", "count"),
        Flag(("--kv-block-size",), "--block-size", "count"),
        Flag(("--tensor-parallel-size",), "", "count", sizes=True),
        *_no_effect("count", "--pipeline-parallel-size", "--expert-parallel-size"),
        *_no_effect("count", "--gpus-per-node", "--max-beam-width", "--max-seq-len"),
        _same("--free-gpu-memory-fraction", kind="number"),
        # Named as a flag of the mocker, but another file: TensorRT-LLM's own YAML.
        *_no_effect("text", "--extra-engine-args", "--override-engine-args", "--modality", "--encode-endpoint"),
        *_no_effect("switch", "--enable-attention-dp", "--publish-events-and-metrics", "--publish-kv-events"),
    ),
    modes={"agg": "agg", "pd": "agg", "prefill": "prefill", "decode": "decode"},
    mode_env="DYN_TRTLLM_DISAGGREGATION_MODE",
    model_env="DYN_TRTLLM_MODEL",
    keyed="--trtllm.",
    removed={"--disaggregation-mode=prefill_and_decode": "--disaggregation-mode agg"},
)

BACKENDS: Mapping[str, Backend] = MappingProxyType({backend.name: backend for backend in (VLLM, SGLANG, TRTLLM)})
