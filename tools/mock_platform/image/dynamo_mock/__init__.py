"""What makes the runtime image a mock: the worker commands of real manifests, run on the mocker engine.

This package is copied into the image and imports nothing of the project.
"""
