"""What others add to the engine: a product's words and rules, and platforms on which pages run.

A site's mkdocs.yml names a product, a run names a platform (`settings`); entry points lead to the packages that
have them (`registry`). `product`, `platform` and `manifests` say what such a package may define.
"""
