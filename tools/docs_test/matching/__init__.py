"""What a step printed against what its page shows.

An expectation and an output come in; a mismatch with a diff, or None, goes out (`compare`).
"""
