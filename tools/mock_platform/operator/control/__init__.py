"""Which object is looked at, and when.

Changes come in from watches; `controller` puts keys into `queue` and calls the reconcilers; `health` tells the
kubelet.
"""
