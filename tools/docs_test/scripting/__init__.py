"""A page as a plain bash script, which does what docs-test does when it runs the page.

A tutorial and its headings come in, the text of a script goes out (`script`). `pages` reads the pages of a
site, and names the scripts that are offered for download.
"""
