"""The operator stand-in: what Dynamo's operator does, done without GPUs in mind.

Changes of objects come in from the API server; objects, statuses and events go out to it: `control` (which object,
when) -> `requests`, `graphs`, `components` (from what is to what should be, mostly pure functions)
-> `kube` (the cluster's side). `webhook` answers the API server before it stores anything.

Identifiers (names, labels, annotations, variables, ports, reasons) are those observed on operator 1.5.0-dev, with
what changed from there to 1.5.1 as far as it was read;
message texts are this project's own. What the stand-in cannot do it refuses aloud (`graphs.refusals`).
"""
