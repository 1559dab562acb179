"""Pages are rewritten from what their commands printed.

Of pages that ran (`observed`) files are drafted (`drafting`: `edits` of `source_file`, read again in a `shadow` of
the site), and written whole or not at all (`writing`).
"""
