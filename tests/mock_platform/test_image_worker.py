"""Worker commands of real manifests, translated for the mocker: what passes, what is reported, what is refused."""

from __future__ import annotations

import json
import shlex
from pathlib import Path

import pytest
import yaml

from groundwork.base.paths import root
from mock_platform.image.dynamo_mock import model, worker
from mock_platform.image.dynamo_mock.context import context_length
from mock_platform.image.dynamo_mock.flags import BACKENDS
from mock_platform.image.dynamo_mock.timing import Timing

CORPUS = root().parent / "shared" / "upstream" / "corpus"
LONG = "Qwen/Qwen3-8B"
QWEN = "--model-path Qwen/Qwen3-0.6B"

TRANSLATED = [
    ("vllm", "--model Qwen/Qwen3-0.6B", f"--engine-type vllm {QWEN}"),
    ("vllm", "--model=Qwen/Qwen3-0.6B --max_model_len 32k", f"--engine-type vllm {QWEN} --max-model-len 32000"),
    ("vllm", "--model Qwen/Qwen3-0.6B --max-model-len 32K", f"--engine-type vllm {QWEN} --max-model-len 32768"),
    (
        "vllm",
        "--model Qwen/Qwen3-0.6B --served-model-name qwen --data-parallel-size 2 --block-size 128",
        f"--engine-type vllm {QWEN} --model-name qwen --block-size 128 --data-parallel-size 2",
    ),
    (
        "vllm",
        "--model Qwen/Qwen3-0.6B --disaggregation-mode prefill --kv-transfer-config x --block-size 8",
        f"--engine-type vllm {QWEN} --block-size 8 --disaggregation-mode prefill",
    ),
    ("vllm", "--model Qwen/Qwen3-0.6B --disaggregation-mode pd", f"--engine-type vllm {QWEN}"),
    (
        "sglang",
        "--model-path Qwen/Qwen3-0.6B --served-model-name qwen --page-size 16 --disaggregation-mode decode",
        f"--engine-type sglang {QWEN} --model-name qwen --sglang-page-size 16 --disaggregation-mode decode",
    ),
    (
        "vllm",
        "--model Qwen/Qwen3-0.6B --gpu-memory-utilization 0.5",
        f"--engine-type vllm {QWEN} --gpu-memory-utilization 0.5",
    ),
    ("sglang", "--model Qwen/Qwen3-0.6B --dp 2", f"--engine-type sglang {QWEN} --data-parallel-size 2"),
    ("trtllm", "--model-path Qwen/Qwen3-0.6B", f"--engine-type trtllm {QWEN}"),
    (
        "trtllm",
        "--model Qwen/Qwen3-0.6B --max-batch-size 16 --max-num-tokens 64 --disaggregation-mode prefill",
        f"--engine-type trtllm {QWEN} --max-num-seqs 16 --max-num-batched-tokens 64 --disaggregation-mode prefill",
    ),
]


@pytest.mark.parametrize(("backend", "given", "expected"), TRANSLATED, ids=[f"{b} {g}" for b, g, _ in TRANSLATED])
def test_flags_that_the_engine_understands_are_translated(backend, given, expected):
    assert shlex.join(worker.translate(backend, shlex.split(given), {}).arguments) == expected


@pytest.mark.parametrize(
    ("backend", "given", "noted"),
    [
        ("vllm", "--model m --seed 9", "--seed 9 has no effect on a mock"),
        ("vllm", "--model m --enforce-eager", "--enforce-eager has no effect on a mock"),
        ("vllm", "--model m -pp 8", "--pipeline-parallel-size 8 has no effect on a mock"),
        ("trtllm", "--model m --trtllm.kv_cache_config.dtype auto", "dtype auto has no effect on a mock"),
        ("sglang", "--model m --cuda-graph-bs 1 2 3", "--cuda-graph-bs"),
        ("vllm", "--model m --kv-cache-dtype int4", "--kv-cache-dtype int4 has no effect on a mock"),
        ("vllm", "--model m --eplb-config.step_interval 9", "interval 9 has no effect on a mock"),
        ("vllm", "--model m --new-flag 7", "--new-flag 7 is not known to this mock and was passed over"),
        ("vllm", "--model m --max-num-seq=7", "did you mean --max-num-seqs?"),
        ("vllm", "--model m --served-model-name a b", "--served-model-name: the first name is served, not b"),
        (
            "trtllm",
            "--model m --extra-engine-args agg.yaml",
            "--extra-engine-args agg.yaml has no effect on a mock",
        ),
    ],
)
def test_flags_without_effect_are_reported_never_dropped(backend, given, noted):
    done = worker.translate(backend, shlex.split(given), {})
    assert len(done.notes) == 1
    assert noted in done.notes[0]


@pytest.mark.parametrize(
    ("backend", "given", "refused"),
    [
        ("vllm", "", "required: --model"),
        ("sglang", "--tp 1", "required: --model-path"),
        ("vllm", "Qwen/Qwen3-0.6B --model m", "unrecognized argument 'Qwen/Qwen3-0.6B'"),
        ("vllm", "--model m --max-num-seqs many", "argument --max-num-seqs: 'many' is not a whole number"),
        ("vllm", "--model m --block-size", "argument --block-size: expected one argument"),
        ("vllm", "--model m --is-prefill-worker", "--disaggregation-mode prefill"),
        ("vllm", "--model m --disaggregation-mode prefill", "needs --kv-transfer-config"),
        ("vllm", "--model m --disaggregation-mode encode", "invalid choice: 'encode'"),
        ("trtllm", "--model m --disaggregation-mode prefill_and_decode", "invalid choice: 'prefill_and_decode'"),
    ],
)
def test_what_the_real_worker_refuses_is_refused(backend, given, refused, capsys, monkeypatch):
    monkeypatch.setattr("sys.argv", ["dynamo", *shlex.split(given)])
    with pytest.raises(SystemExit) as ended:
        worker.main(backend)
    assert ended.value.code == worker.USAGE_STATUS
    message = capsys.readouterr().err
    assert message.startswith(f"mock: python3 -m dynamo.{backend}: error: ")
    assert refused in message


def test_environment_stands_for_absent_flags():
    done = worker.translate("trtllm", ["--namespace", "team"], {"DYN_TRTLLM_MODEL": "m"})
    assert shlex.join(done.arguments) == "--engine-type trtllm --model-path m"
    assert done.environment == {"DYN_NAMESPACE": "team"}
    mode = {"DYN_VLLM_DISAGGREGATION_MODE": "decode"}
    assert worker.translate("vllm", ["--model", "m"], mode).arguments[-2:] == ("--disaggregation-mode", "decode")


def corpus_commands():
    """`(place, backend, words)` of each worker command that is a list of words in upstream's manifests."""

    def walk(value):
        if isinstance(value, dict):
            yield value
        for part in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
            yield from walk(part)

    for file in sorted(CORPUS.glob("*/docs/*.yaml")):
        try:
            found = list(yaml.safe_load_all(file.read_text(encoding="utf-8")))
        except yaml.YAMLError:
            continue
        for container in walk(found):
            words = [str(word) for key in ("command", "args") for word in container.get(key) or () if word]
            if "-m" in words[:2] and words[words.index("-m") + 1].partition(".")[2] in BACKENDS:
                start = words.index("-m") + 2
                yield file.name, words[start - 1].partition(".")[2], words[start:]


@pytest.mark.upstream
@pytest.mark.skipif(not CORPUS.exists(), reason="../shared/upstream is not there")
def test_worker_commands_of_upstream_s_manifests_hold_no_flag_unknown_here():
    unknown, refused, seen = [], {}, 0
    for place, backend, words in corpus_commands():
        seen += 1
        try:
            notes = worker.translate(backend, words, {}).notes
        except worker.UsageError as error:
            refused[place] = str(error)
        else:
            unknown += [note for note in notes if "not known" in note]
    assert seen > 50
    # One manifest of upstream's has this flag, which vLLM itself does not have.
    assert [note.split(" is not")[0] for note in unknown] == ["--tensor-parallelism 2"]
    # Releases before 1.4 took flags that later ones refuse; nothing else of theirs may be refused.
    old = ("this release takes", "needs --kv-transfer-config", "'prefill_and_decode'", "'encode'")
    assert not {place: text for place, text in refused.items() if not any(word in text for word in old)}


def test_frequent_words_get_the_ids_that_the_mocker_answers_with():
    words = [f"w{number}" for number in range(2500)]
    tokens = [*model.SPECIAL_TOKENS, *"abc", *(f"\u0120{word}" for word in words)]
    placed = model.renumbered({token: number for number, token in enumerate(tokens)}, words)
    assert sorted(placed.values()) == list(range(len(tokens)))
    assert {placed[f"\u0120{word}"] for word in words[:1000]} == set(model.ANSWER_IDS)
    assert [placed[token] for token in model.SPECIAL_TOKENS] == [0, 1, 2]
    with pytest.raises(ValueError, match="only 999 of"):
        model.renumbered({token: number for number, token in enumerate(tokens)}, words[:999])


@pytest.mark.parametrize(
    ("config", "length"),
    [
        ('{"max_position_embeddings": 4096}', 4096),
        ('{"max_position_embeddings": "many"}', None),
        ("{}", None),
        ("[]", None),
        ("{", None),
        (None, None),
    ],
)
@pytest.mark.parametrize("model", ["a/folder", "Some/Model"])
def test_a_model_s_context_length_is_read_where_its_files_are(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, model: str, config: str | None, length: int | None
) -> None:
    monkeypatch.chdir(tmp_path)
    folder = Path(model) if model == "a/folder" else Path("hub/models--Some--Model/snapshots/one")
    folder.mkdir(parents=True)
    if config:
        (folder / "config.json").write_text(config, encoding="utf-8")
    assert context_length(model, {"HF_HUB_CACHE": "hub"}) == length
    assert context_length("Other/Model", {"HF_HUB_CACHE": "hub"}) is None
    assert context_length("Some/Model", {}) is None


@pytest.mark.parametrize(
    ("backend", "given", "told"),
    [
        ("vllm", f"--model {LONG}", "--max-model-len 40960"),
        ("vllm", f"--model {LONG} --max-model-len 2048", "--max-model-len 2048"),
        ("vllm", "--model unknown/model", ""),
        # The mocker refuses the flag there.
        ("sglang", f"--model {LONG}", ""),
        ("trtllm", f"--model {LONG}", ""),
    ],
)
def test_a_worker_tells_its_context_length(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, backend: str, given: str, told: str
) -> None:
    snapshot = tmp_path / f"models--{LONG.replace('/', '--')}" / "snapshots" / "mock"
    snapshot.mkdir(parents=True)
    (snapshot / "config.json").write_text(json.dumps(model.MODELS[LONG]), encoding="utf-8")
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    monkeypatch.setattr(worker, "timing", lambda _: Timing((), "timing: none"))
    monkeypatch.setattr("sys.argv", ["x", *shlex.split(given)])
    started: list[list[str]] = []
    monkeypatch.setattr("os.execve", lambda _program, words, _environment: started.append(words))
    worker.main(backend)
    (words,) = started
    found = words[words.index("--max-model-len") :][:2] if "--max-model-len" in words else []
    assert shlex.join(found) == told
