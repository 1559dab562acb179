"""What the macros of a page show: status, notes, files, glossary.

The results file and the page come in, Markdown goes out.
"""
