"""One bash for each page, its folder, its background steps and its sandbox.

Code comes in; exit status, output and the line that failed go out (`bash.Shell`).
"""
