"""What a run's platform installs only because pages of the run need it; and what is assumed of its cluster."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from docs_test.language.needs import words_of
from docs_test.ports.settings import chosen_platform, product_of

if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterable, Mapping

    from docs_test.language.needs import Vocabulary
    from docs_test.ports.platform import Platform
    from docs_test.tutorials.build import TutorialPages

OWN = frozenset({"cluster-scope"})
"""Capabilities of a cluster of the run's own, beside those that the product assumes of any cluster."""


def prepared(
    needs: Iterable[Mapping[str, Any]], vocabulary: Vocabulary, platform: Platform | None
) -> dict[str, str]:
    """What the platform installs for pages with these needs: those items of `Platform.prepares`."""
    words: frozenset[str] = frozenset().union(*(words_of(one, vocabulary) for one in needs))
    return {word: what for word, what in platform.prepares.items() if word in words} if platform else {}


def prepared_for(
    needs: Iterable[Mapping[str, Any]], vocabulary: Vocabulary, options: argparse.Namespace
) -> dict[str, str]:
    """The same, on the platform that the command line or the site names; nothing in a cluster that is given.

    Raises:
        UserError: the platform is not installed.
    """
    some = [one for one in needs if words_of(one, vocabulary)]  # A platform installs capabilities, nothing else.
    if options.kubeconfig or not some:  # Else the platform is not asked for, nor loaded.
        return {}
    platform = chosen_platform(options.root.resolve(), getattr(options, "platform", ""))
    return prepared(some, vocabulary, platform)


def assumed(read: TutorialPages, options: argparse.Namespace) -> frozenset[str]:
    """The capabilities that pages can count on, as long as nobody has looked at the cluster.

    Raises:
        UserError: as of `prepared_for`.
    """
    found = product_of(options.root.resolve()).assumed
    if options.kubeconfig:
        return found
    return found | OWN | prepared_for((page.needs for page in read.pages), read.vocabulary, options).keys()
