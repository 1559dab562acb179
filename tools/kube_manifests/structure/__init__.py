"""A document against its structural schema.

A value and a schema come in; the value as an API server would keep it, and errors by path, go out:
`structure.check` -> `normalise` (types, defaults) -> `walk` with `facts`, `lists` and `metadata`; `engines` names
the two that can walk.
"""
