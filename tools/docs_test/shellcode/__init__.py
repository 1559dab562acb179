"""Shell code as commands and variables, each at its place, read by tree-sitter's grammar of bash.

A step's code comes in, a `Script` goes out: `syntax` (the tree) -> `commands` and `scopes` (the walk) -> `words`
(quotes taken off) and `variables`. Nothing is run.
"""
