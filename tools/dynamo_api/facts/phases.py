"""How far a request, its profiling and a graph are, in the API's words."""

from __future__ import annotations

# Phases of a request: `status.phase` of v1beta1. Most are states of v1alpha1 (`status.state`) as well.
PENDING = "Pending"
PROFILING = "Profiling"
READY = "Ready"
"""Phase of a request that is profiled while autoApply is false: the graph waits for a review. In v1alpha1 also of
one that is Deployed in v1beta1."""
DEPLOYING = "Deploying"
DEPLOYED = "Deployed"
FAILED = "Failed"

# States of v1alpha1 alone.
NEW = "Initializing"
"""The state of a request that is new."""
DELETED = "DeploymentDeleted"
"""The state of a request whose graph somebody deleted."""

STEPS = (PENDING, PROFILING, DEPLOYING, DEPLOYED)
"""The way of a request that applies its result itself."""
REVIEW_STEPS = (PENDING, PROFILING, READY, DEPLOYING, DEPLOYED)
"""The way with autoApply false."""
CLOSED = frozenset({PROFILING, DEPLOYING, READY, DEPLOYED})
"""Phases in which the spec may no longer change."""

# What the profiler reports: `status.profilingPhase`.
INITIALIZING = "Initializing"
SWEEPING_PREFILL = "SweepingPrefill"
SWEEPING_DECODE = "SweepingDecode"
SELECTING_CONFIG = "SelectingConfig"
BUILDING_CURVES = "BuildingCurves"
GENERATING_GRAPH = "GeneratingDGD"
DONE = "Done"
PROFILING_PHASES = (
    *(INITIALIZING, SWEEPING_PREFILL, SWEEPING_DECODE, SELECTING_CONFIG, BUILDING_CURVES, GENERATING_GRAPH),
    DONE,
)
"""The profiler's phases in its order."""

# States of a graph: `status.state` in both versions.
GRAPH_INITIALIZING = "initializing"
GRAPH_PENDING = "pending"
GRAPH_SUCCESSFUL = "successful"
GRAPH_FAILED = "failed"
GRAPH_STEPS = (GRAPH_INITIALIZING, GRAPH_PENDING, GRAPH_SUCCESSFUL)
"""The way of a graph."""

# Phases of a rolling update: `status.rollingUpdate.phase` of a graph.
UPDATE_PENDING = "Pending"
UPDATE_IN_PROGRESS = "InProgress"
UPDATE_COMPLETED = "Completed"
UPDATING = frozenset({UPDATE_PENDING, UPDATE_IN_PROGRESS})
"""Phases in which an update goes on."""

# Phases of a restart: `status.restart.phase` of a graph.
RESTARTING = "Restarting"
RESTART_COMPLETED = "Completed"
RESTART_FAILED = "Failed"
RESTART_SUPERSEDED = "Superseded"
"""Phase of a restart that a rolling update came before: its Pods are new anyhow."""
RESTART_ENDS = frozenset({RESTART_COMPLETED, RESTART_FAILED, RESTART_SUPERSEDED})
"""Phases after which nothing more is done for that id."""
