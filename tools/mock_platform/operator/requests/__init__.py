"""One DynamoGraphDeploymentRequest, from validation to Deployed or Failed.

A request comes in; `reconciler` picks the step of its phase: `start` -> `profiling` (`job`, `result`) ->
`deployment`.
"""
