"""Secrets do not come out, and what is none stands as it came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from groundwork.base.masking import learn, mask

if TYPE_CHECKING:
    from collections.abc import Iterator

JWT = "eyJhbGciOiJSUzI1NiIs.eyJpc3MiOiJrdWJlcm5ldGVz.c2lnbmF0dXJlLWhlcmU"


@pytest.fixture(autouse=True)
def nothing_learnt() -> Iterator[None]:
    learn({})
    yield
    learn({})


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("hf_abcdefghijklmnop", "***"),
        ("Authorization: Bearer abcdefgh.ijkl", "Authorization: Bearer ***"),
        ("MY_TOKEN=verysecret rest", "MY_TOKEN=*** rest"),
        ("AWS_SECRET_ACCESS_KEY='very secret'", "AWS_SECRET_ACCESS_KEY=***"),
        ("--docker-password=very", "--docker-password=***"),
        ("api-key=abcdefg", "api-key=***"),
        (f"token {JWT}", "token ***"),
    ],
)
def test_a_secret_is_masked(text: str, shown: str) -> None:
    assert mask(text) == shown


@pytest.mark.parametrize(
    "text",
    [
        "--max-num-batched-tokens=8192",
        'x{token_type="input"} 4',
        "MAX_TOKEN=1024",
        "SECRET_NAME=hf-token-secret",
        "secret/hf-token-secret created",
        "HF_TOKEN=$HF_TOKEN",
        "output_tokens_total=12345",
    ],
)
def test_what_is_named_like_one_and_is_none_stands(text: str) -> None:
    learn({"MAX_TOKENS": "12345678", "HF_TOKEN": "short", "TOKEN": "123456789"})
    assert mask(text) == text


def test_values_of_a_page_are_known_wherever_they_turn_up_and_forgotten_with_it() -> None:
    learn({"HF_TOKEN": "my own token", "NAME": "a plain name"}, '{"users": [{"user": {"token": "of-the-page"}}]}')
    assert mask("my own token, a plain name, of-the-page") == "***, a plain name, ***"
    learn({})
    assert mask("my own token, of-the-page") == "my own token, of-the-page"
