"""Results, written, read and shown: as a file, on a terminal, as JUnit, to GitHub."""
