"""The page of all kinds: who writes which, in which versions, since when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_reference import words
from docs_reference.kinds import front_matter, generated
from dynamo_crd import registry

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from docs_reference.kinds import Kind


def page(kinds: Sequence[Kind]) -> str:
    """The page, in Markdown."""
    return "\n".join([*_head(), *_table(kinds), *_reading(), *_next()])


def _head() -> Iterator[str]:
    yield front_matter(
        "Custom resources: the API",
        "Every kind of Dynamo on Kubernetes, its versions, who writes it, and each of its fields.",
    )
    yield generated("tools/dynamo_crd/sources")
    yield "# Custom resources: the API { #api }\n"
    yield "You write the first two; the others are made for you, or are for special cases."
    yield "Write `v1beta1` where a kind has it.\n"


def _table(kinds: Sequence[Kind]) -> Iterator[str]:
    yield "## Kinds { #kinds }\n"
    yield "| Kind | Short | Versions | First seen in | Who writes it |"
    yield "| --- | --- | --- | --- | --- |"
    for kind in kinds:
        versions = ", ".join(
            f"[{version}]({kind.file(version)}) ({words.release(kind.served[version][0])})" for version in kind.sources
        )
        first = words.release(kind.first)
        yield f"| `{kind.name}` | `{kind.short}` | {versions} | {first} | {kind.writes} |"
    yield ""
    yield "Group: `nvidia.com`; all are namespaced."
    yield "Behind each version stands the first release that it was seen in."
    releases = ", ".join(map(words.release, registry.releases()))
    yield f"The CRDs of these were read: {releases}."
    yield "`-dev` is the state of the main branch before that release."
    yield "What came in a release between two of them is told as coming with the later one: [Versions](../versions.md)."
    yield "`DynamoCheckpoint` is not covered: it needs GPUs and a snapshot agent.\n"


def _reading() -> Iterator[str]:
    yield "## Reading a page { #reading }\n"
    yield "- **required**: the API server refuses an object without it; within an optional object, only if that is there."
    yield "- **default**: what the API server fills in. What the operator or the profiler fills in later, the description says."
    yield "- **since**: the first of the releases read that has the field; without it, the field is as old as its version."
    yield '- **Up to …**: what it was until then, and in that release.'
    yield "- **Rule**: checked by the API server. The words are this site's: those of the real CRDs differ, the condition does not."
    yield "- A link to Kubernetes' own reference stands for all fields of that type.\n"
    yield "Each field has an address, made of kind, version and path: `#dynamographdeploymentrequest-v1beta1-spec-sla-ttft`."
    yield "Lists and maps add nothing to it.\n"
    yield "`kubectl explain dgdr.spec.sla --api-version=nvidia.com/v1beta1` shows the same fields of your own cluster.\n"


def _next() -> Iterator[str]:
    yield "## What next { #what-next }\n"
    yield "- [Errors, and what to do](../errors.md)"
    yield "- [Versions, and what changed between them](../versions.md)"
    yield "- [Words of a status](../status-words.md)"
    yield "- [Checking a manifest without a cluster](../../contribute/validating.md)"
    yield ""
