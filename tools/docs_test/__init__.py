"""Runs the pages of a site, word for word, and compares what they print with what they show.

Data goes one way: `pages` (a page as its reader sees it) -> `tutorials` (steps, in the words of `language`) ->
`running` (a `shell`, a cluster of `clusters`, `matching`) -> `reporting`. `manifests` finds what a page would
apply; `cli` is the command line.
"""
