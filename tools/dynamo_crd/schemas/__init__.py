"""From schema sources to CustomResourceDefinitions of a release, and what sets two sets of them apart.

`source_files` reads sources/*.yaml, `entries` and `schema` make structural schemas of them, `compile` makes
CRDs; `compare` and `recognise` go the other way, from CRDs to facts and to the nearest release.
"""
