"""What an API server refuses of Kubernetes' own objects, and warns of, beyond schemas: the rules that are Go code.

They are those of Kubernetes' pkg/apis/*/validation and of apiextensions, as far as people meet them. An object
comes in at `built_in`; what it has of a Pod goes on to `pods`, the rest to the module of its subject.
"""
