"""The options of `docs-test [PAGES...]`, and what of them goes together."""

from __future__ import annotations

import argparse
import tempfile
from importlib.metadata import version as package_version
from pathlib import Path
from typing import TYPE_CHECKING

from docs_test.cli import output
from docs_test.clusters.environment import EnvironmentOptions
from groundwork.base.errors import UserError
from kind_cluster.gpus import load_profile

if TYPE_CHECKING:
    from collections.abc import Sequence

EPILOG = """\
exit status: 0 every page passed; 1 a page failed; 2 a page or the command line cannot be read, nothing was run;
3 the machine or the cluster lacks something; 130 interrupted, and everything that was started has ended.
"""


def parser() -> argparse.ArgumentParser:
    """The parser of the command line."""
    made = argparse.ArgumentParser(
        prog="docs-test",
        description="Run the site's tutorials, word for word, in a Kubernetes cluster.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    made.add_argument("pages", nargs="*", metavar="PAGE", help="pages to run, relative to the root (default: all)")
    what = made.add_argument_group("what to do")
    what.add_argument("--list", action="store_true", help="list pages and steps, run nothing")
    what.add_argument(
        "--lint", action="store_true", help="read all pages, check their blocks and examples/, run nothing"
    )
    what.add_argument("--when", action="append", default=[], metavar="KEY=VALUE", help="run this variant only")
    what.add_argument("--shard", default="", metavar="I/N", help="run the I-th of N equal parts")
    what.add_argument(
        "--changed-since", default="", metavar="REF", help="run first what differs from a git commit"
    )
    what.add_argument("--only-changed", action="store_true", help="with --changed-since: nothing else")
    what.add_argument(
        "--root", type=Path, default=Path(), metavar="DIR", help="the folder with mkdocs.yml (default: .)"
    )
    where = made.add_argument_group("where to run")
    where.add_argument("--provision", action="store_true", help="install what the machine lacks first (asks)")
    where.add_argument("--yes", action="store_true", help="do not ask")
    where.add_argument("--cluster-name", default="", metavar="NAME", help="use, or make, the kind cluster NAME")
    where.add_argument(
        "--keep-cluster", action="store_true", help="leave the cluster running; the next run reuses it"
    )
    where.add_argument(
        "--kubeconfig", type=Path, metavar="FILE", help="run in this cluster, in a namespace of the run's own"
    )
    where.add_argument("--context", default="", metavar="NAME", help="which context of the kubeconfig")
    where.add_argument(
        "--allow-context",
        action="append",
        default=[],
        metavar="NAME",
        help="let pages run in this context's cluster although its ConfigMap docs-test-allowed does not",
    )
    where.add_argument(
        "--platform",
        choices=("mock", "helm"),
        default="mock",
        help="in kind: this project's stand-in for the operator, or a Helm chart (default: mock)",
    )
    where.add_argument("--chart", default="", metavar="URL|PATH", help="with helm (default: the released chart)")
    where.add_argument("--values", type=Path, metavar="FILE", help="with helm: the chart's values")
    where.add_argument("--no-sandbox", action="store_true", help="let pages see all that you see on this machine")
    where.add_argument(
        "--gpu-profile", default="h100x8", metavar="NAME", help="mock GPUs of the node (a name or .toml)"
    )
    out = made.add_argument_group("what to write")
    out.add_argument(
        "--results", type=Path, metavar="FILE", help="results file (default: build/docs-test/results.json)"
    )
    out.add_argument("--junit", type=Path, metavar="FILE", help="also write JUnit XML")
    output.add_options(out, "with --lint: ")
    out.add_argument("--no-color", action="store_true", help="no colour (also: NO_COLOR)")
    out.add_argument("--debug", action="store_true", help="show the traceback of a bug")
    made.add_argument("--version", action="version", version=f"docs-test {package_version('dynamo-docs')}")
    return made


def selection(words: Sequence[str]) -> dict[str, str]:
    """The variants that `--when` chooses.

    Raises:
        UserError: one is no KEY=VALUE.
    """
    selection = {}
    for word in words:
        key, separator, value = word.partition("=")
        if not (key and separator and value):
            raise UserError(f"--when {word!r}: expected KEY=VALUE", hint="--when api=v1beta1")
        selection[key] = value
    return selection


def check_where(options: argparse.Namespace) -> None:
    """Hold that the options of where to run go together.

    Raises:
        UserError: two of them do not, a file is not there, or the GPU profile is none.
    """
    helm = options.platform == "helm"
    for given, name, belongs in (
        (options.chart, "--chart", helm),
        (options.values, "--values", helm),
        (options.context, "--context", options.kubeconfig),
        (options.allow_context, "--allow-context", options.kubeconfig),
        (helm, "--platform helm", not options.kubeconfig),
    ):
        if given and not belongs:
            owner = "--platform helm" if name in {"--chart", "--values"} else "--kubeconfig"
            fact = "does not go with --kubeconfig" if name == "--platform helm" else f"goes with {owner} alone"
            raise UserError(f"{name}: {fact}")
    if options.values and not options.values.is_file():
        raise UserError(f"--values {str(options.values)!r}: no such file")
    if not options.kubeconfig:
        load_profile(options.gpu_profile)  # Before the images are built, not after.


def require_writable(option: str, path: Path | None) -> None:
    """Make the folder of a file that the run will write, and hold that it can: after the run is too late.

    Args:
        option: what names the file.
        path: it; None: there is none.

    Raises:
        UserError: it cannot be written, or is a folder.
    """
    if path is None:
        return
    if path.is_dir():
        raise UserError(f"{option} {str(path)!r}: is a folder, expected a file", hint=f"{option} {path}/FILE")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Neither makes the file: a run that comes to no page leaves none.
        with path.open("ab") if path.exists() else tempfile.TemporaryFile(dir=path.parent):
            pass
    except OSError as error:
        raise UserError(f"{option} {str(path)!r}: cannot be written: {error.strerror}") from None


def environment_options(options: argparse.Namespace) -> EnvironmentOptions:
    """Where to run."""
    return EnvironmentOptions(
        provision=options.provision,
        assume_yes=options.yes,
        cluster_name=options.cluster_name,
        keep_cluster=options.keep_cluster,
        kubeconfig=options.kubeconfig,
        context=options.context,
        allowed=tuple(options.allow_context),
        sandbox=not options.no_sandbox,
        platform=options.platform,
        chart=options.chart,
        values=options.values,
        gpu_profile=options.gpu_profile,
    )
