"""A page as its reader sees it. MkDocs, Material and Jinja are known here and nowhere else.

A site and a path come in, fences with the origin of every line go out: `site` -> `page` -> `jinja` (macros) ->
`snippets` -> `fences`.
"""
