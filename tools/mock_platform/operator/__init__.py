"""The operator stand-in: what Dynamo's operator does, done without GPUs in mind.

The modules, from the inside out:

- names, config: identifiers and settings;
- admission: what the webhook answers, with the rules of dynamo_crd.validation; no cluster;
- graph, pods, workload, rbac, rollout, status: a DynamoGraphDeployment, as pure functions from objects to objects;
- hardware, request_job (with output_copier.sh), request_overrides, request_result, request_status: the same for a
  DynamoGraphDeploymentRequest;
- api, kubernetes_api, events, sync: the cluster's side;
- graph_reconciler (adapters), component_reconciler: one object, from what is to what should be;
- request_reconciler, and its steps request_start (request_validation), request_profiling (request_pods),
  request_deployment: a request, step by step to Deployed or Failed;
- queue, controller: which object, when, and again after a failure;
- webhook, certificates, serving: the HTTPS server that the API server asks first, and its certificate.

Identifiers (names, labels, annotations, variables, ports, reasons) are those observed on operator 1.5.0-dev;
message texts are this project's own. What the stand-in cannot do it refuses aloud (`refusals`).
"""
