"""The manifests of pages and files, each line with its origin.

Paths come in, texts with manifests go out: `collect` -> `from_pages`.
"""
