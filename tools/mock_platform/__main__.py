"""`python -m mock_platform images`: build the images that are missing, print their names and sizes."""

from __future__ import annotations

import argparse
import sys

from mock_platform.images import ensure_images, image_size
from project.errors import ExitStatus, UserError
from project.progress import Progress


def main() -> int:
    """Run one command; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m mock_platform", description=__doc__)
    parser.add_argument("command", choices=["images"])
    parser.parse_args()
    try:
        images = ensure_images(Progress())
        for reference in (images.runtime, images.operator):
            print(f"{reference}  {image_size(reference) / 1e6:.0f} MB")
    except UserError as error:
        print(error, file=sys.stderr)
        return error.status
    except KeyboardInterrupt:
        return ExitStatus.INTERRUPTED
    return ExitStatus.OK


if __name__ == "__main__":
    sys.exit(main())
