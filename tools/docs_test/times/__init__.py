"""How long pages and steps took in earlier runs, and what has become slower since."""
