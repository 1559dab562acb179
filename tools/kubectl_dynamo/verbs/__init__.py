"""The command line: `status` and `explain`, one module each, behind `command`."""
