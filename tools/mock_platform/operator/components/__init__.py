"""One DynamoComponentDeployment: its Deployment, Service and status.

A component's spec comes in; `workload`, `pods` and `containers` make its objects, pure functions all, and
`reconciler` brings the cluster from what is to what should be.
"""
