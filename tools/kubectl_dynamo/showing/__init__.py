"""Judged items as text, as detail, as JSON, or followed on a terminal."""
