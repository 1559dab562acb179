"""Results as one HTML file: each page as it is rendered, and beside each step what happened there.

Results and a site come in, text goes out (`report`). The file asks for nothing: no script, no other file, no host.
"""
