"""What every program here stands on, and nothing of any product.

Rooms, from the ground up: `base` (errors, texts, files), `system` (processes, signals, records, progress) and
`text` (YAML and JSON with the position of every value).
"""
