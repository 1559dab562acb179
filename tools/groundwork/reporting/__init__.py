"""What a check found, as text, JSON, JUnit XML and GitHub annotations.

A report (problems at positions, and what was checked) comes in, a string goes out: `reporters.REPORTERS`.
"""
