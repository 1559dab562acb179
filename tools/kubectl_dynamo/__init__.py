"""`kubectl dynamo`: what became of a DynamoGraphDeploymentRequest, in one look, and what to do about it.

A plugin of kubectl, which finds `kubectl-dynamo` on the PATH. It reads the cluster, with LISTs, and never writes.
Data goes one way: api (requests) -> collect (raw objects) -> requests, graphs, pods (either API version, made one)
-> chain (joined) -> blockers, profiling, dashboard (judged) -> render_text, render_data (shown).
"""
