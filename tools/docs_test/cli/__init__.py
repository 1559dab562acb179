"""The command line of docs-test: `main` picks the command, each is a module."""
