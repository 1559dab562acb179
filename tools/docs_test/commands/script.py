"""`docs-test script`: a tutorial as a plain bash script."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

from docs_test.cli.output import in_utf_8
from docs_test.cli.version import program_version
from docs_test.options.shared import selection
from docs_test.scripting.pages import scripts
from groundwork.base.content import write_whole
from groundwork.base.errors import ExitStatus
from groundwork.base.program import cannot_write

if TYPE_CHECKING:
    import argparse


def run(options: argparse.Namespace) -> int:
    """Run the command; returns its exit status."""
    first, *_ = scripts(
        options.root.resolve(),
        [options.page],
        program=program_version(),
        select=selection(options.when),
        own_cluster=options.own_cluster,
        checks=not options.without_checks,
    )
    if options.output is None:
        in_utf_8()
        sys.stdout.write(first.text)
        return ExitStatus.OK
    try:
        options.output.parent.mkdir(parents=True, exist_ok=True)
        write_whole(options.output, first.text.encode())
        options.output.chmod(0o755)
    except OSError as error:
        raise cannot_write(f"--output {str(options.output)!r}", error) from error
    return ExitStatus.OK
