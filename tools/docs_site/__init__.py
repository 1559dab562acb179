"""The site's macros for MkDocs: versions, and when each tutorial last ran. They read files and run nothing."""

from __future__ import annotations

from docs_site.pages.macros import define_env, on_pre_page_macros

__all__ = ["define_env", "on_pre_page_macros"]
