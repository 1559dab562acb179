"""Checks of the shell code of pages, by what is known of kubectl and the cluster without one.

Linted pages come in, problems go out: `lint` (the frame, with what was found before: `kept`) -> `page_code` (the
blocks of a page, in the order in which they run) -> a module for each sort of check -> `allowed`.
"""
