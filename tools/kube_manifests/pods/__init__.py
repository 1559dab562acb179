"""What an API server refuses of Pods, and of what makes them, beyond schemas: the rules that are Go code.

They are those of Kubernetes' pkg/apis/core/validation and pkg/apis/apps/validation, as far as people meet them.
"""
