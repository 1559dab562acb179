"""The cluster, read with LISTs and made one for both API versions; nothing is judged.

`connection` (kubectl's configuration) -> `api` (requests) -> `collect` (all that one look needs) -> `jobs`, `pods`
(the nouns of `model`), and `dynamo_api.views` for requests and graphs.
"""
