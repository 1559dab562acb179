"""Dynamo's custom resource definitions and rules, release by release.

A release comes in; CRDs (`schemas`), the verdict of Dynamo's admission (`admission`) and advice (`advice`) go
out. `dynamo_rules` hands both to the general checker of `kube_manifests`.
"""
