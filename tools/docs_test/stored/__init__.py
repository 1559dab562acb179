"""Pages that were read before, kept by content, so that an unchanged site is not read twice.

A site's folder comes in, its pages come out as `docs_test.pages` reads them: `source.pages` -> `store` (the file)
-> `form` (a page as JSON) and `depends` (what it was made of). MkDocs is imported only for what must be read anew.
"""
