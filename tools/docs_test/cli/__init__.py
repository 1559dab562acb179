"""The command line of docs-test.

Words come in, an exit status goes out: `main` has the parser of all commands (`options`), and loads the module of
the one that is asked for, whose `run` gets the options.
"""
