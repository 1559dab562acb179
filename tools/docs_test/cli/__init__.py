"""The command line of docs-test, and what several of its commands do alike.

Words come in, an exit status goes out: `main` has the parser of all commands, and loads the options and the module
(`docs_test.options`, `docs_test.commands`) of the one that is asked for, whose `run` gets them.
"""
