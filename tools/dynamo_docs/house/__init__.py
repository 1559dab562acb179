"""House rules of this site's pages and examples.

An opened site and its pages come in, problems go out (`rules.SiteRules`).
"""
