"""Secrets do not come out, and what is none stands as it came."""

from __future__ import annotations

import base64
import json
import os
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, quote_plus

import pytest

from groundwork.base.masking import learn, mask

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).resolve().parents[2]
TOKEN = "hf_abcdefghijklmnopqrstuvwxyz012345"  # noqa: S105 - none
OWN = 'my own "token" &/$1\'s'
KEY = "MIIEvQIBADANBgkqhkiG9w0BAQEFAASC"
PEM = f"-----BEGIN PRIVATE KEY-----\n{KEY}\n{KEY}\n-----END PRIVATE KEY-----"
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
        (f"{JWT}.abcdefghijk.abcdefghijk", "***"),
        ("Authorization: Basic dXNlcjpwYXNz", "Authorization: Basic ***"),
        ('"authorization": "token abcdefgh1234"', '"authorization": "token ***"'),
        ("x-api-key: abcdefgh", "x-api-key: ***"),
        ("https://user:s3cretpw@host/x", "https://user:***@host/x"),
        ("postgres://u:p%40:w@h:5432/db", "postgres://u:***@h:5432/db"),
        ("curl -u admin:hunter22 x", "curl -u admin:*** x"),
        ("curl --user 'admin:hunter22' x", "curl --user 'admin:***' x"),
        ("  password: S3cret-of-12345", "  password: ***"),
        ('{"api_key": "abcdef0123456789"}', '{"api_key": ***}'),
        ("--token abcdef0123456789 get", "--token *** get"),
        (f"a {PEM} b", "a -----BEGIN PRIVATE KEY-----\n***\n-----END PRIVATE KEY----- b"),
        (json.dumps(PEM), '"-----BEGIN PRIVATE KEY-----\\n***\\n-----END PRIVATE KEY-----"'),
        (f"{PEM[:70]}\nnext", "-----BEGIN PRIVATE KEY-----\n***\nnext"),
        (
            PEM.replace("PRIVATE", "EC PRIVATE"),
            "-----BEGIN EC PRIVATE KEY-----\n***\n-----END EC PRIVATE KEY-----",
        ),
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
        "https://host:8443/path@x?a=b:c@d",
        "https://user:$PASSWORD@host https://user:<password>@host",
        "imageID: docker.io/x@sha256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "quickstart-frontend-67b44dd657-sd6bt     1/1     Running   0          14s",
        "  HF_TOKEN:  <set to the key 'HF_TOKEN' in secret 'hf-token-secret'>  Optional: false",
        "secret: hf-token-secret-of-v1beta1",
        "uid: 0f9b3c1e-2d4a-4b6c-8e0f-1a2b3c4d5e6f",
        "-----BEGIN CERTIFICATE-----\nMIIEvQIBADANBgkqhkiG9w0BAQ\n-----END CERTIFICATE-----",
        "aGVsbG8gd29ybGQsIHRoaXMgaXMgbm8gc2VjcmV0IGF0IGFsbA==",
        "authorization: AlwaysAllow-or-Webhook",
        "--token-ttl 24h0m0s --from-literal=HF_TOKEN=$HF_TOKEN",
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


def encoded(text: str) -> str:
    return base64.b64encode(text.encode()).decode()


@pytest.mark.parametrize("before", ["", "u", "us", "use", "user:", "\xe9 "])
@pytest.mark.parametrize("after", ["", "@host", " and more"])
@pytest.mark.parametrize("secret", [f" {TOKEN}", f"Bearer {JWT}", PEM, OWN])
def test_a_secret_is_masked_in_base64_wherever_it_begins(before: str, after: str, secret: str) -> None:
    learn({"MY_TOKEN": OWN})
    run = encoded(f"{before}{secret}{after}")
    for text in (f"HF_SECRET: {run}", f'"{run}"', f"a/{run}", run.replace("+", "-").replace("/", "_")):
        assert run[:20] not in mask(text)
        assert mask(text).endswith(("***", '***"'))


def test_a_secret_is_masked_in_base64_over_several_lines_and_within_base64() -> None:
    inner = f"users:\n- user:\n    client-key-data: {encoded(PEM)}\n    token: {TOKEN}\n"
    twice = encoded(f"some words before it\n{inner}")
    wrapped = base64.encodebytes(inner.encode()).decode()
    for text in (
        twice,
        wrapped,
        wrapped.replace("\n", "\n    "),
        wrapped.replace("\n", "\n+ "),
        json.dumps(wrapped),
    ):
        assert not any(part[:24] in mask(text) for part in (twice, *wrapped.split())), text


@pytest.mark.parametrize(
    "form",
    [
        str,
        lambda value: quote(value, safe=""),
        lambda value: quote(value, safe="").lower(),
        quote_plus,
        lambda value: json.dumps(value)[1:-1],
        shlex.quote,
        lambda value: (
            subprocess.run(
                ["bash", "-c", 'printf %q "$0"', value], capture_output=True, text=True, check=True
            ).stdout
        ),
    ],
)
def test_a_value_is_masked_as_others_write_it(form: Callable[[str], str]) -> None:
    learn({"MY_TOKEN": OWN})
    written = form(OWN)
    assert mask(f"x={written};") in {"x=***;", "x='***';"}


def test_a_word_after_a_masked_line_stands() -> None:
    run = encoded(f"the secret is {TOKEN}, and more words")
    assert mask(f"{run}\nAuthorization: x\n") == "***\nAuthorization: x\n"


def test_what_pages_show_stands_as_it_came() -> None:
    for file in [*ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.yaml")]:
        text = file.read_text(encoding="utf-8")
        assert mask(text) == text, file


@pytest.mark.parametrize(
    "text",
    [
        *("-----BEGIN PRIVATE KEY-----" * 9_000, "a://" * 60_000, "a.+-" * 60_000 + "://", "--user" * 40_000),
        *("TOKEN_" * 40_000, "A-" * 130_000 + "=", ("A" * 76 + "\n") * 3_000, "eyJ" * 80_000, " -u " * 60_000),
        *("QUFB" * 60_000, encoded(encoded(encoded("hello world " * 3_000))), "password: " * 25_000),
    ],
    ids=range(12),
)
def test_no_text_takes_long(text: str) -> None:
    """Whoever took the square of the length in steps would not come to an end here."""
    assert mask(text)


PAGE = f"""\
---
tutorial: {{platform: none, vars: {{MY_TOKEN: "my own value of it"}}, artifacts: ["*.txt"]}}
---
# X

```bash {{ .run }}
export HF_TOKEN={TOKEN}
echo "plain $HF_TOKEN $MY_TOKEN"
echo -n "$MY_TOKEN" | base64 -w0; echo
echo -n "user:$HF_TOKEN" | base64 -w0; echo
echo "https://user:s3cretpw@host {JWT}" | tee kept.txt
printf '%s\\n' '-----BEGIN PRIVATE KEY-----' {KEY} '-----END PRIVATE KEY-----'
set -x
: "$MY_TOKEN"
false
```
"""
SECRETS = (
    TOKEN,
    "my own value of it",
    encoded("my own value of it"),
    encoded(f"user:{TOKEN}")[:30],
    "s3cretpw",
    JWT,
    KEY,
)


def test_no_output_of_a_run_has_a_secret(site_with: Callable[..., Path], tmp_path: Path) -> None:
    root, build = site_with({"x.md": PAGE}), tmp_path / "build"
    results, junit = build / "results.json", build / "junit.xml"
    env = {**os.environ, "XDG_CACHE_HOME": str(tmp_path / "cache")}
    command = [sys.executable, "-m", "docs_test"]
    words = ["run", "--root", root, "--no-sandbox", "--results", results, "--junit", junit, "docs/x.md"]
    ran = subprocess.run([*command, *map(str, words)], env=env, capture_output=True, text=True, check=False)
    assert ran.returncode == 1, ran.stderr
    words = ["report", results, "--annotations"]
    told = subprocess.run([*command, *map(str, words)], env=env, capture_output=True, text=True, check=True)
    kept = [file for file in build.rglob("*") if file.is_file()]
    assert {file.suffix for file in kept} >= {".json", ".xml", ".txt"}
    shown = {"terminal": ran.stdout + ran.stderr, "report": told.stdout}
    shown |= {file.name: file.read_text(encoding="utf-8") for file in kept}
    assert [(name, secret) for name, text in shown.items() for secret in SECRETS if secret in text] == []
    assert all("***" in text for text in shown.values())
