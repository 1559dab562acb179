"""The tools as files that the site offers: one file each that only needs Python, wheels, and a krew manifest.

`python -m docs_site.downloads` makes them (`./nox -s tools`), `docs_site.build` copies them into the built site,
and `docs_site.pages` shows their sizes and checksums.
"""
