"""Checks of pages: their form, and their shell code by what is known of kubectl and the cluster without one.

Linted pages come in, problems go out: `lint` -> `check` (with what was found before: `kept`) -> `look` (each rule
of `docs_test.rules`) -> `allowed`.
"""
