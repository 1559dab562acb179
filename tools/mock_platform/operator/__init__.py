"""The operator stand-in: what Dynamo's operator does with a DynamoGraphDeployment, done without GPUs in mind.

The modules, from the inside out:

- names, config: identifiers and settings;
- admission: what the webhook answers, with the rules of dynamo_crd.validation; no cluster;
- graph, pods, workload, rbac, rollout, status: pure functions from objects to objects, no cluster;
- api, kubernetes_api, events, sync: the cluster's side;
- graph_reconciler, component_reconciler: one object, from what is to what should be;
- queue, controller: which object, when, and again after a failure;
- webhook, certificates, serving: the HTTPS server that the API server asks first, and its certificate.

Identifiers (names, labels, annotations, variables, ports, reasons) are those observed on operator 1.5.0-dev;
message texts are this project's own. What the stand-in cannot do it refuses aloud (`refusals`).
"""
