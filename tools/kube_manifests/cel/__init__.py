"""The CEL rules of schemas (`x-kubernetes-validations`).

A value and the rules of its schema come in, problems by path go out: `cel.check` -> `rules` (found and costed)
-> `engine` (run) with Kubernetes' own functions (`library`).
"""
