"""`docs-test watch`: pages stay open, and what an edit changes of them runs as soon as it is saved.

Saved files come in (`files`), and open pages go on or run anew (`chain`).
"""
