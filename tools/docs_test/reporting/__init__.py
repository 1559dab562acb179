"""Results, written, read and shown: as a file, on a terminal, as JUnit, to GitHub.

Page results come in (`docs_test.page_results`) and texts go out: `results` writes and reads the file, `failures`
says what went wrong, and `text`, `junit` and `github` show all of it.
"""
