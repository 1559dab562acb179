"""What keeps a request or a graph from going on, in one sentence, with the command to look further.

`blockers` asks for a request, `graph_blockers` for a graph, `pod_blockers` for their Pods; `failures` and
`validation` say why one has failed, `updates` what a change that goes well waits for.
"""
