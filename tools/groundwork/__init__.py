"""What every program here stands on, and nothing of any product.

Rooms, from the ground up: `base` (errors, texts, files), `reporting` (problems as text, JSON and XML), `system`
(processes, signals, records, progress), `text` (YAML and JSON with the position of every value) and `kube`
(objects of a cluster, and its API).
"""
