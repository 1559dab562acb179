"""YAML as this project reads it against an API server: the same values, and the same texts that are none."""

from __future__ import annotations

from typing import Any

import pytest

from groundwork.base.problems import Stage
from groundwork.text.documents import read
from support.validation.verdicts import parsed
from support.validation.yaml_texts import texts

pytestmark = pytest.mark.apiserver

ADDRESS = "/apis/nvidia.com/v1alpha1/namespaces/n/dynamoworkermetadatas?dryRun=All&fieldValidation=Strict"


@pytest.mark.parametrize("count", [300, pytest.param(5000, marks=pytest.mark.soak(part="apiserver"))])
def test_texts_are_read_as_the_server_reads_them(count, api_server):
    wrong, taken = [], 0
    for text in texts(count):
        status, answer = api_server.ask("POST", ADDRESS, text, "application/yaml")
        server = answer["spec"]["data"] if parsed(status, answer).valid else answer["message"]
        document = read(text, "a.yaml")[0]
        wrong_here = [error.fact for error in document.errors if error.stage is not Stage.ADVICE]
        ours = wrong_here or document.value["spec"]["data"]
        taken += status == 201
        if "<<:" in text and not wrong_here and "already set in map" in str(server):
            continue  # kubectl resolves `<<` before it sends anything.
        if (status == 201) is bool(wrong_here) or (status == 201 and _exact(server) != _exact(ours)):
            wrong.append(f"{text!r}\n    server: {server}\n    ours:   {ours}")
    assert not wrong, f"{len(wrong)} differ\n" + "\n".join(wrong[:20])
    assert taken > count / 4


def _exact(value: Any) -> Any:
    """A value that equals another only if JSON would write both alike: 1 is no true, but 1.0 is 1."""
    if isinstance(value, dict):
        return {key: _exact(one) for key, one in value.items()}
    if isinstance(value, list):
        return [_exact(one) for one in value]
    return value if isinstance(value, (bool, str)) or value is None else ("number", float(value))
