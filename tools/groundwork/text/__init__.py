"""YAML and JSON as Kubernetes reads them, each value with its position.

Text comes in (from a file, or from lines of a page with their origins); documents with positions and problems go
out: `documents.read` -> `yaml_reader` or `json_reader` -> `placeholders`.
"""
