"""Macros for MkDocs. They read the results file and versions.toml; they never run anything."""
