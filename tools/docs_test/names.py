"""Names that stand in front matter, in results and on the command line."""

from __future__ import annotations

NONE = "none"
"""The platform without a cluster, and what a result proves there."""
