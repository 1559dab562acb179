"""Writes the pages of docs/reference/ that are made from tables: the API, errors and versions."""
