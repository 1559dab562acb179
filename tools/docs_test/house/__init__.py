"""House rules of this site's pages and examples."""
