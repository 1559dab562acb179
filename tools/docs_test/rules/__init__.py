"""Rules for the shell code of pages, a module for each sort of mistake.

The blocks of a page, or the story of its objects, come in (`docs_test.known`), findings go out.
"""
