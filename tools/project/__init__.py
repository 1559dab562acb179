"""What every package under tools/ shares: errors, paths, versions, progress, processes.

It imports nothing of the others, and all of them may import it.
"""
