"""Checks the style guide of CONTRIBUTING.md: Vale reads the prose of pages and programs by the rules of .vale/."""
