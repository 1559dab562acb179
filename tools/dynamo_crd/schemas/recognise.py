"""Which release of Dynamo a set of CRDs is of: they carry no version that could be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynamo_crd.schemas import releases
from dynamo_crd.schemas.compare import apart, facts, of_dynamo
from dynamo_crd.schemas.compile import crds as compiled

if TYPE_CHECKING:
    from collections.abc import Iterable


def nearest(crds: Iterable[dict[str, Any]]) -> tuple[str, int]:
    """The release whose CRDs differ least, the newer of two alike, and by how many facts.

    CRDs of other groups do not count. Without any of Dynamo: the release that this site follows, and 0.
    """
    own = facts(of_dynamo(crds))
    if not own:
        return releases.named(), 0
    counts = {name: len(apart(own, facts(compiled(release=name)))) for name in reversed(releases.names())}
    release = min(counts, key=counts.__getitem__)
    return release, counts[release]
