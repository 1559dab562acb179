"""Runs the pages of the site: page -> fences -> tutorial -> steps -> results."""
