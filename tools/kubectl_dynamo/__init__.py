"""`kubectl dynamo`: what became of a DynamoGraphDeploymentRequest, in one look, and what to do about it.

A plugin of kubectl, which finds `kubectl-dynamo` on the PATH. It reads the cluster, with LISTs, and never writes.
Data goes one way: `reading` (raw objects, made one for both API versions) -> `judging` (joined, and what it means;
`blocking` says what keeps it from going on) -> `showing` (text, detail, JSON); `verbs` is the command line.
"""
