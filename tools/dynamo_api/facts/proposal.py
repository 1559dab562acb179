"""Words of this project's proposal (docs/contribute/proposal-progress.md): Dynamo says none of them today."""

from __future__ import annotations

PROGRESS_EVENT = "ProfilingProgress"
DASHBOARD = "Dashboard"
"""The type of a request's condition whose message has the dashboard's address."""
DASHBOARD_LINKED = "DashboardLinked"
"""The reason of that condition and of its event."""
DASHBOARD_ANNOTATION = "dynamo-docs/dashboard-url"
