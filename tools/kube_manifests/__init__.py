"""Says what an API server would say of a manifest, without one and without knowing any product.

Documents with positions come in, findings at positions go out: `schemas` finds the schema of a kind, `structure`
holds the document to it, `cel` runs its rules, `check` joins all that with the rules of a product
(`ProductRules`), and `reporters` print the findings.
"""
