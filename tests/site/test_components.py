"""A component's pages keep the tiers apart and lead to each other, as CONTRIBUTING says; metrics exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urldefrag, urljoin

import pytest

from groundwork.base.paths import root
from groundwork.base.versions import version

if TYPE_CHECKING:
    from conftest import Build

DOCS = root() / "docs"
COMPONENTS = ["planner"]
"""Folders under docs/ that follow the template."""
LANDING = "kubernetes/index.html"
METRIC = re.compile(r"(?<![\w:])(dynamo_(?:frontend|component|work_handler|planner)_[a-z_]+|vllm:[a-z_]+)")


def leads_to(site: Build, page: str, other: str) -> bool:
    """Whether a page's own text has a link to another page (addresses relative to the site)."""
    links = site.soup(page).select("article a[href]")
    return any(urldefrag(urljoin(f"/{page}", str(link["href"])))[0] == f"/{other}" for link in links)


def parts(component: str) -> tuple[str, list[str], str]:
    """Overview, pages of tier 2, page of tier 3."""
    pages = sorted(file.stem for file in (DOCS / component).glob("*.md") if file.name != "README.md")
    tier2 = [f"{component}/{name}.html" for name in pages if name != "how-it-works"]
    return f"{component}/index.html", tier2, f"{component}/how-it-works.html"


def is_quickstart(page: str) -> bool:
    return page.endswith("quickstart.html")


@pytest.mark.parametrize("component", COMPONENTS)
def test_tiers_lead_to_each_other(site: Build, component: str) -> None:
    overview, tier2, tier3 = parts(component)
    assert len(tier2) >= 2
    pairs = [(overview, page) for page in [*tier2, tier3, LANDING]] + [(page, tier3) for page in tier2]
    both = pairs + [(other, one) for one, other in pairs if other != LANDING]
    quickstarts = [page for page in tier2 if is_quickstart(page)]
    both += [pair for page in quickstarts for pair in ((page, LANDING), (LANDING, page))]
    assert quickstarts
    missing = [pair for pair in both if not leads_to(site, *pair)]
    assert missing == []


@pytest.mark.parametrize("component", COMPONENTS)
def test_each_tier_is_of_its_kind(component: str) -> None:
    overview, tier2, tier3 = parts(component)
    expected = {overview.replace("index.html", "README.md"): "concept", tier3.replace(".html", ".md"): "concept"}
    # Those in between say how to do it, and may be run.
    expected |= {page.replace(".html", ".md"): "(tutorial|how-to)" for page in tier2}
    for name, kind in expected.items():
        assert re.search(rf"^kind: {kind}$", (DOCS / name).read_text(encoding="utf-8"), re.MULTILINE), name


def test_a_link_that_is_not_there_is_missed(site: Build) -> None:
    assert not leads_to(site, "planner/how-it-works.html", "contribute/tutorials.html")


def metrics(text: str) -> set[str]:
    """Names of metrics in a page; parts of a histogram count as the histogram."""
    return {name.removesuffix("_bucket") for name in METRIC.findall(text)}


@pytest.mark.parametrize("page", ["kubernetes/observability.md", "planner/using.md"])
def test_metrics_have_the_names_of_the_runtime(page: str) -> None:
    first, *lines = (root() / "tests/site/metrics.txt").read_text(encoding="utf-8").splitlines()
    assert f"ai-dynamo {version('dynamo.runtime')}:" in first, "another release: read its metrics again"
    used = metrics((DOCS / page).read_text(encoding="utf-8"))
    assert used
    assert sorted(used - set(lines)) == []


def test_what_counts_as_a_metric() -> None:
    text = (
        "rate(dynamo_frontend_requests_total[5m]), `vllm:num_requests_running`, x_bucket, label dynamo_component"
    )
    assert metrics(text) == {"dynamo_frontend_requests_total", "vllm:num_requests_running"}
    assert metrics("dynamo_frontend_request_duration_seconds_bucket") == {
        "dynamo_frontend_request_duration_seconds"
    }
