"""The types of conditions, by kind and in the order in which pages tell of them."""

from __future__ import annotations

from dynamo_api.facts import kinds

# Of a request.
SUCCEEDED = "Succeeded"
"""Condition that sums up all others: it repeats the one that decides."""
VALIDATION = "Validation"
PROFILING = "Profiling"
SPEC_GENERATED = "SpecGenerated"
DEPLOYMENT_READY = "DeploymentReady"

# Of a graph.
READY = "Ready"
OWNERSHIP_CONFLICT = "OwnershipConflict"
"""Condition of a component, too; its reason has the same name."""

# Of a DynamoComponentDeployment.
AVAILABLE = "Available"
COMPONENT_READY = "DynamoComponentReady"

# Of a DynamoModel.
SERVICES_FOUND = "ServicesFound"
ENDPOINTS_READY = "EndpointsReady"

CONDITIONS = {
    kinds.REQUEST: (SUCCEEDED, VALIDATION, PROFILING, SPEC_GENERATED, DEPLOYMENT_READY),
    kinds.GRAPH: (READY, OWNERSHIP_CONFLICT),
    kinds.COMPONENT: (AVAILABLE, COMPONENT_READY, OWNERSHIP_CONFLICT),
    kinds.MODEL: (SERVICES_FOUND, ENDPOINTS_READY),
}
