"""The commands of docs-test, a module each.

Options come in, an exit status goes out (`run`). `docs_test.cli.main` loads the one that is asked for.
"""
