"""The program `docs-test`: `docs-test validate ...`, `docs-test report ...`, else the tutorials' own command line.

Validation answers in the blink between saving and looking up, so it must not load what running tutorials needs.
"""

from __future__ import annotations

import sys


def main() -> int:
    """Hand the command line to the part of docs-test that it names; returns the exit status."""
    if sys.argv[1:2] == ["validate"]:
        from docs_test.cli.validate import main as validate  # noqa: PLC0415 - only what is asked for is loaded.

        return validate(sys.argv[2:])
    if sys.argv[1:2] == ["report"]:
        from docs_test.cli.report import main as report  # noqa: PLC0415

        return report(sys.argv[2:])
    from docs_test.cli.run import main as run  # noqa: PLC0415

    return run()


if __name__ == "__main__":
    sys.exit(main())
