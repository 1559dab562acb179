"""Runs a tutorial: steps in order, clean-up whatever happens, a look at what is left.

A tutorial and an environment come in, a page result goes out (`page_run.run_page`, which runs `steps`, of which
`record` makes results); `killed_runs` ends what a killed run left.
"""
