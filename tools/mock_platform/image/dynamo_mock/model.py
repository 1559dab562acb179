"""Makes the models of the runtime image: a small tokenizer and configurations, laid out as a Hugging Face cache.

No weights: the mocker engine answers with random token ids. Version 1.5.1 draws them from 1000 to 1999, so
these ids are given to frequent English words: an answer is nonsense, but it reads as text. The tokenizer is
trained on the docstrings of Python's standard library, which is in the image and free to use. The result is the
same each time.
"""

from __future__ import annotations

import ast
import json
import os
import re
import sys
import sysconfig
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

REVISION = "mock"
NOT_PROSE = frozenset({"site-packages", "dist-packages", "test", "tests", "idlelib", "lib2to3"})
"""Folders of the library whose texts are other people's, or no English."""
VOCABULARY = 9000
SPECIAL_TOKENS = ("<|endoftext|>", "<|im_start|>", "<|im_end|>")
ANSWER_IDS = range(1000, 2000)
"""Token ids that the mocker answers with (observed: 12,000 tokens, smallest 1000, largest 1999)."""

CHAT_TEMPLATE = (
    "{% for m in messages %}<|im_start|>{{ m['role'] }}\n{{ m['content'] }}<|im_end|>\n{% endfor %}"
    "{% if add_generation_prompt %}<|im_start|>assistant\n{% endif %}"
)

_QWEN3: dict[str, Any] = {
    # What the shapes below have in common; from the models' public config.json.
    "architectures": ["Qwen3ForCausalLM"],
    "model_type": "qwen3",
    "num_key_value_heads": 8,
    "head_dim": 128,
    "max_position_embeddings": 40960,
    "torch_dtype": "bfloat16",
    "rms_norm_eps": 1e-6,
    "hidden_act": "silu",
}
MODELS: dict[str, dict[str, Any]] = {
    # The shape decides how many bytes of KV cache a token takes.
    "Qwen/Qwen3-0.6B": {
        **_QWEN3,
        "hidden_size": 1024,
        "intermediate_size": 3072,
        "num_hidden_layers": 28,
        "num_attention_heads": 16,
        "tie_word_embeddings": True,
    },
    # Large enough that a few long requests a second are too many for one GPU: so a planner has a reason to scale.
    "Qwen/Qwen3-8B": {
        **_QWEN3,
        "hidden_size": 4096,
        "intermediate_size": 12288,
        "num_hidden_layers": 36,
        "num_attention_heads": 32,
        "tie_word_embeddings": False,
    },
}
"""Models that resolve without a network, by their Hugging Face names."""


def prose() -> Iterator[str]:
    """The docstrings of the standard library, file by file in the order of their names."""
    library = Path(sysconfig.get_path("stdlib"))
    for file in sorted(library.rglob("*.py")):
        if NOT_PROSE.intersection(file.parts):
            continue
        try:
            tree = ast.parse(file.read_bytes())
        except (SyntaxError, ValueError):
            continue
        kinds = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
        texts = (ast.get_docstring(node) for node in ast.walk(tree) if isinstance(node, kinds))
        yield "\n".join(text for text in texts if text)


def tokenizer() -> dict[str, Any]:
    """The content of tokenizer.json: byte-level BPE whose ANSWER_IDS are frequent words.

    Raises:
        ValueError: the prose has too few different words.
    """
    # In the image only, not on the machine that builds it.
    from tokenizers import (  # type: ignore[import-not-found]  # noqa: PLC0415
        Tokenizer,
        decoders,
        models,
        pre_tokenizers,
        trainers,
    )

    texts = list(prose())
    made = Tokenizer(models.BPE())
    made.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    made.decoder = decoders.ByteLevel()
    trainer = trainers.BpeTrainer(
        vocab_size=VOCABULARY,
        special_tokens=list(SPECIAL_TOKENS),
        initial_alphabet=sorted(pre_tokenizers.ByteLevel.alphabet()),
        show_progress=False,
    )
    made.train_from_iterator(texts, trainer)
    content: dict[str, Any] = json.loads(made.to_str())
    content["model"]["vocab"] = renumbered(content["model"]["vocab"], frequent_words(texts))
    return content


def frequent_words(texts: list[str]) -> list[str]:
    """Lower-case words of three letters and more, the most frequent first."""
    counts = Counter(word for text in texts for word in re.findall(r"(?<= )[a-z]{3,}(?=[ .,;:)\n])", text))
    return sorted(counts, key=lambda word: (-counts[word], word))


def renumbered(vocabulary: dict[str, int], words: list[str]) -> dict[str, int]:
    """The vocabulary with its first words (a token each, with the space before it) at ANSWER_IDS.

    Merges name tokens by their text, so that ids may be dealt out anew; the special tokens keep theirs.
    """
    answers = [f"\u0120{word}" for word in words if f"\u0120{word}" in vocabulary][: len(ANSWER_IDS)]
    if len(answers) < len(ANSWER_IDS) or len(vocabulary) < ANSWER_IDS.stop:
        raise ValueError(f"only {len(answers)} of {len(vocabulary)} tokens are whole words: too little prose")
    chosen = set(answers)
    others = iter(sorted((token for token in vocabulary if token not in chosen), key=vocabulary.__getitem__))
    placed = dict(zip(answers, ANSWER_IDS, strict=True))
    for number in range(len(vocabulary)):
        if number not in ANSWER_IDS:
            placed[next(others)] = number
    return placed


def write(home: Path) -> None:
    """Lay the models out below HOME as the Hugging Face hub's cache does."""
    content = tokenizer()
    size = len(content["model"]["vocab"])
    end = SPECIAL_TOKENS.index("<|im_end|>")
    settings = {
        "tokenizer_class": "PreTrainedTokenizerFast",
        "eos_token": "<|im_end|>",
        "pad_token": "<|endoftext|>",
    }
    for name, shape in MODELS.items():
        folder = home / "hub" / f"models--{name.replace('/', '--')}"
        snapshot = folder / "snapshots" / REVISION
        files: dict[str, dict[str, Any]] = {
            "config.json": {**shape, "vocab_size": size, "bos_token_id": 0, "eos_token_id": end},
            "generation_config.json": {"bos_token_id": 0, "eos_token_id": end, "pad_token_id": 0},
            "tokenizer.json": content,
            "tokenizer_config.json": {
                **settings,
                "model_max_length": shape["max_position_embeddings"],
                "chat_template": CHAT_TEMPLATE,
            },
        }
        snapshot.mkdir(parents=True)
        for file, value in files.items():
            (snapshot / file).write_text(json.dumps(value, sort_keys=True), encoding="utf-8")
        (folder / "refs").mkdir()
        (folder / "refs" / "main").write_text(REVISION, encoding="utf-8")


if __name__ == "__main__":
    os.environ["TOKENIZERS_PARALLELISM"] = "false"  # The same merges on every machine, however many cores.
    write(Path(sys.argv[1]))
