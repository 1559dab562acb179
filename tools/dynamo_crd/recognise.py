"""Which release of Dynamo a set of CRDs is of: they carry no version that could be read."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from dynamo_crd import releases
from dynamo_crd.compare import differences
from dynamo_crd.compile import crds as compiled

if TYPE_CHECKING:
    from collections.abc import Iterable

GROUP = "nvidia.com"


def nearest(crds: Iterable[dict[str, Any]]) -> tuple[str, int]:
    """The release whose CRDs differ least, the newer of two alike, and by how many facts.

    CRDs of other groups do not count. Without any of Dynamo: the newest release, and 0.
    """
    own = [crd for crd in crds if crd.get("spec", {}).get("group") == GROUP]
    if not own:
        return releases.named(), 0
    apart = {name: len(differences(own, compiled(release=name))) for name in reversed(releases.names())}
    release = min(apart, key=apart.__getitem__)
    return release, apart[release]
