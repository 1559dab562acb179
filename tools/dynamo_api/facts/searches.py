"""Words of v1beta2 of a request, runs and candidates. They were read in a design, not seen in a cluster."""

from __future__ import annotations

# Conditions of a request that was written in v1beta2, and of a run.
ACCEPTED = "Accepted"
COMPLETED = "Completed"

# Phases of a run: `status.phase`.
PENDING = "Pending"
RUNNING = "Running"
SUCCEEDED = "Succeeded"
FAILED = "Failed"
STEPS = (PENDING, RUNNING, SUCCEEDED)
"""The way of a run."""
