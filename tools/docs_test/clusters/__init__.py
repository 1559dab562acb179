"""Where pages run: the cluster, its namespace, what it has and what a page needs of it.

Options come in, an open environment goes out (`environment.open_environment`).
"""
