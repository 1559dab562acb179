"""What planners did while their tutorials were run: recorded, read, and drawn on the pages that they belong to."""
