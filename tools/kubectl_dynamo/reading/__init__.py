"""The cluster, read with LISTs and made one for both API versions; nothing is judged.

`connection` (kubectl's configuration) -> `api` (requests) -> `collect` (what one look needs) -> `jobs`, `pods`.
`groundwork.kube` reads Pods and warnings, `dynamo_api.views` reads requests and graphs.
"""
