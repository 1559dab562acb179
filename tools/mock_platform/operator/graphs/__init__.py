"""One DynamoGraphDeployment: its components, adapters, rolling updates and status.

A graph comes in; `spec` makes its components, `rollout` plans the step between two generations, `refusals` says
what is not deployed, and `reconciler` carries it out.
"""
