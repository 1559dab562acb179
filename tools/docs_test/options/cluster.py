"""Options of `docs-test cluster`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from docs_test.options.run import add_of_platform, add_platform
from docs_test.options.shared import add_root

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

EPILOG = """\
Standard output has the lines that let a shell reach the cluster; all else goes to standard error.

exit status: 0 the cluster is ready, or was removed; 2 the command line cannot be read; 3 the machine lacks
something.
"""


def add_options(parser: ArgumentParser, words: Sequence[str]) -> None:
    """The options of `docs-test cluster`, with those of the platform."""
    parser.add_argument("name", metavar="NAME", help="name of the cluster; one that exists is used as it is")
    parser.add_argument("--remove", action="store_true", help="remove it with its contents")
    add_root(parser)
    where = parser.add_argument_group("what to make")
    where.add_argument("--provision", action="store_true", help="install what the machine lacks first (asks)")
    where.add_argument("--yes", action="store_true", help="do not ask")
    add_platform(where, words)
    # The platform looks at them: this is a cluster of its own, and it stays.
    parser.set_defaults(kubeconfig=None, cluster_name="", keep_cluster=True)
    add_of_platform(parser, where, words)
