"""The language of a page: roles, attributes, values, needs, here-documents of its shell code.

A fence's info string comes in, its typed use goes out (`roles.read_use`), with every mistake at its line.
"""
