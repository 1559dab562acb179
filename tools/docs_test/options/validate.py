"""Options of `docs-test validate`, with those of the product."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.options.shared import add_format, add_root, peek
from groundwork.base.wording import either
from kube_manifests.structure import engines

if TYPE_CHECKING:
    from argparse import ArgumentParser
    from collections.abc import Sequence

EPILOG = """\
Without PATH: every page of the site and every file under examples/. PATH may be a YAML or JSON file, a Markdown
page of the site, a folder of such, or - for standard input.

exit status: 0 no error (advice does not count); 1 a manifest is invalid; 2 a path or an option cannot be read, or
a path has nothing to check; 3 the cluster of --from-cluster does not answer; 130 interrupted.
"""


def add_options(parser: ArgumentParser, words: Sequence[str]) -> None:
    """The options of `docs-test validate`, with those of the product that the words or the site name."""
    from docs_test.ports import registry  # noqa: PLC0415
    from docs_test.ports.settings import product_of_manifests  # noqa: PLC0415

    said = peek(words, "--product")
    product = product_of_manifests(said.root, said.product)
    parser.add_argument("paths", nargs="*", metavar="PATH", help="what to check")
    rules = parser.add_argument_group("against what")
    rules.add_argument(
        "--product",
        default="",
        metavar="NAME",
        help=f"whose rules: {either(registry.products())} (default: the site's; without mkdocs.yml the only one)",
    )
    product.manifests.add_options(rules)
    where = rules.add_mutually_exclusive_group()
    where.add_argument(
        "--crds", type=Path, metavar="DIR", help="the CRDs in a folder instead of the product's own"
    )
    where.add_argument("--from-cluster", action="store_true", help="the CRDs of a cluster")
    rules.add_argument("--kubeconfig", type=Path, metavar="FILE", help="of the cluster (default: kubectl's own)")
    rules.add_argument("--context", metavar="NAME", help="of the cluster (default: the current one)")
    rules.add_argument(
        "--engine",
        choices=engines.NAMES,
        default=engines.BUILT_IN,
        help="what checks values against the schemas; both answer the same (default: built-in, the faster one)",
    )
    out = parser.add_argument_group("what to print")
    add_format(out)
    out.add_argument("--no-advice", action="store_true", help="errors only")
    add_root(parser)
