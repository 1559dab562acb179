"""What kubectl's command lines mean: its commands and flags, types of resources, JSONPath.

The words of a command come in, an `Invocation` goes out (`invocation`), by the tables of one version of kubectl
(`table`; `python -m docs_test.kubectl` writes them anew).
"""
