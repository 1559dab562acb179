"""What is known of a page's commands before they run: their places, manifests, objects and fields.

A linted page comes in: `page_code` (its blocks) -> `streams` (manifests in files and pipes) -> `objects` (what is
made of them) -> `story` (what becomes of them, step by step). `finding` is what rules make of it.
"""
