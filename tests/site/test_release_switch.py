"""The switch "I run Dynamo X": what a page shows for another release, in a browser."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from docs_site.pages.releases import choices
from dynamo_api.releases import pages_version
from support.browser import SIZES, copied_by

if TYPE_CHECKING:
    from functools import partial

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

RUN, CHART = pages_version("dynamo.runtime"), pages_version("dynamo.chart")
OPERATOR = pages_version("dynamo.operator_label")
REGISTRY = pages_version("dynamo.image_registry")
QUICK, INSTALL, RESOURCES = (f"kubernetes/{name}.html" for name in ("quick-deploy", "install", "custom-resources"))
REQUEST = "kubernetes/dgdr.html"


def opened(open_page: partial[Page], url: str, release: str = "", **how: str) -> Page:
    page = open_page(**how)
    page.goto(url)
    if release:
        page.get_by_label("I run Dynamo").select_option(release)
    return page


def tags(page: Page) -> set[str]:
    """The tags of Dynamo's images in all code of a page."""
    text = "\n".join(page.locator(".md-content code").all_text_contents())
    return {part.split()[0].rstrip("`'\",") for part in text.split(f"{REGISTRY}/vllm-runtime:")[1:]}


def tab(page: Page) -> str:
    """The API version whose tab is shown."""
    chosen = page.locator(".tabbed-set > input:checked").first.get_attribute("id")
    return page.locator(f"label[for={chosen}]").inner_text().strip()


def warnings(page: Page) -> list[str]:
    return page.locator(".release-note:visible").all_inner_texts()


def test_a_page_without_a_choice_is_the_tested_one(address: str, open_page: partial[Page]) -> None:
    page = opened(open_page, address + QUICK)
    assert page.get_by_label("I run Dynamo").input_value() == RUN
    assert (tags(page), tab(page), warnings(page)) == ({RUN}, "v1beta1", [])


@pytest.mark.parametrize(
    ("release", "api"), [("0.9.1", "v1alpha1"), ("1.5.1", "v1beta1"), ("1.6.2", "v1beta1"), (RUN, "v1beta1")]
)
@pytest.mark.parametrize("size", SIZES)
def test_tags_tabs_and_warnings_follow_the_release(
    address: str, open_page: partial[Page], release: str, api: str, size: str
) -> None:
    page = opened(open_page, address + QUICK, release, size=size)
    assert (tags(page), tab(page)) == ({release}, api)
    said = warnings(page)
    assert any(f"Dynamo {release}: not run" in text.title() or f"{release}: not run" in text for text in said) is (
        release != RUN
    )
    if release == RUN:
        assert said == []
    page.reload()  # It is remembered.
    assert (page.get_by_label("I run Dynamo").input_value(), tags(page), tab(page)) == (release, {release}, api)


@pytest.mark.parametrize("name", [QUICK, "reference/glossary.html"])
def test_what_was_run_of_a_release_is_said(address: str, open_page: partial[Page], name: str) -> None:
    page = opened(open_page, address + name, "1.6.1")
    (said,) = (text for text in warnings(page) if "Dynamo 1.6.1: run in part" in text)
    assert f"Tutorials were run with its frontend and mocker alone, beside the operator as of {OPERATOR}." in said
    assert "Nothing here was run" not in said
    page.get_by_label("I run Dynamo").select_option("1.6.2")
    (said,) = (text for text in warnings(page) if "Dynamo 1.6.2: not run" in text)
    assert "Nothing here was run with 1.6.2." in said


def test_what_a_release_does_not_serve_is_said_at_the_block(address: str, open_page: partial[Page]) -> None:
    page = opened(open_page, address + INSTALL, "0.9.1")
    assert any("Dynamo 0.9.1 does not serve DynamoGraphDeployment in v1beta1." in text for text in warnings(page))
    page.get_by_label("I run Dynamo").select_option("1.6.2")
    assert not any("does not serve" in text for text in warnings(page))


def lacks(page: Page, anchor: str) -> list[str]:
    """What the section of a heading says that the release lacks: marks and warnings, in order."""
    section = page.locator(
        f"xpath=//*[@id='{anchor}']/following::*[contains(concat(' ', @class, ' '), ' release-note ')]"
        f"[preceding::h2[1][@id='{anchor}']]"
    )
    return [text.strip() for text in section.all_inner_texts() if text.strip()]


@pytest.mark.parametrize(
    ("release", "says"),
    [
        (
            "0.9.1",
            ["Dynamo 0.9.1 does not serve DynamoGraphDeploymentRequest in v1beta1.", "(not in Dynamo 0.9.1)"],
        ),
        (
            "1.4.2",
            ["(not in Dynamo 1.4.2)", "Dynamo 1.4.2 does not have all of this: some of it came with 1.5."],
        ),
        ("1.5.1", []),
        ("1.6.2", []),
    ],
)
def test_a_field_that_is_newer_than_the_release_is_marked(
    address: str, open_page: partial[Page], release: str, says: list[str]
) -> None:
    page = opened(open_page, address + REQUEST, release)
    page.evaluate("document.querySelectorAll('.tabbed-block').forEach((one) => { one.style.display = 'block'; })")
    assert sorted(lacks(page, "kv-router")) == sorted(says)


def copied(page: Page, text: str) -> str:
    """What the button of the first block with a text puts on the clipboard."""
    block = page.locator(".highlight:visible", has_text=text).first
    block.hover()
    return copied_by(
        page, block.locator("button.md-code__button[data-md-type=copy], button[data-clipboard-target]").first
    )


CLIPBOARD = ["clipboard-read", "clipboard-write"]


@pytest.mark.parametrize("release", ["0.9.1", RUN, "1.6.2"])
def test_a_copied_command_is_that_of_the_release(address: str, open_page: partial[Page], release: str) -> None:
    page = opened(open_page, address + INSTALL, release, permissions=CLIPBOARD)
    chart = (
        CHART if release == RUN else next(row["chart"] for row in choices()["releases"] if row["name"] == release)
    )
    command = copied(page, "helm upgrade --install dynamo-platform")
    assert f"dynamo-platform-{chart}.tgz" in command
    assert chart == CHART or f"dynamo-platform-{CHART}.tgz" not in command


@pytest.mark.parametrize("release", ["0.9.1", RUN, "1.6.2"])
def test_a_copied_manifest_has_the_images_of_the_release(
    address: str, open_page: partial[Page], release: str
) -> None:
    page = opened(open_page, address + QUICK, release, permissions=CLIPBOARD)
    manifest = copied(page, f"{REGISTRY}/vllm-runtime:")
    assert f"{REGISTRY}/vllm-runtime:{release}\n" in f"{manifest}\n"
    assert ("nvidia.com/v1alpha1" in manifest) is (release == "0.9.1")


@pytest.mark.parametrize("release", ["0.9.1", RUN, "1.6.2"])
def test_a_command_made_of_a_manifest_has_the_images_of_the_release(
    address: str, open_page: partial[Page], release: str
) -> None:
    page = opened(open_page, address + QUICK, release, permissions=CLIPBOARD)
    for button in page.locator(".copy-as:visible button").all():
        command = copied_by(page, button)
        found = {line.rpartition(":")[2] for line in command.splitlines() if f"{REGISTRY}/" in line}
        assert found == {release}, command


@pytest.mark.parametrize("name", [QUICK, INSTALL])
def test_the_banner_says_whose_files_the_downloads_are(address: str, open_page: partial[Page], name: str) -> None:
    page = opened(open_page, address + name, "1.6.2")
    said = any(f"Download links still give the files for {RUN}" in text for text in warnings(page))
    assert said is (name == QUICK)


def test_a_mark_is_not_copied(address: str, open_page: partial[Page]) -> None:
    page = opened(open_page, address + REQUEST, "1.4.2", permissions=CLIPBOARD)
    assert copied(page, "kvRouter:").strip() == "spec:\n  features:\n    kvRouter:\n      enabled: true"


def test_the_way_back_shows_the_tested_bytes(address: str, open_page: partial[Page]) -> None:
    page = opened(open_page, address + QUICK)
    before = page.locator(".md-content code").all_text_contents()
    page.get_by_label("I run Dynamo").select_option("1.6.2")
    assert page.locator(".md-content code").all_text_contents() != before
    page.get_by_role("button", name="Show the page as it was written").click()
    assert page.locator(".md-content code").all_text_contents() == before
    assert warnings(page) == []
    page.reload()
    assert page.get_by_label("I run Dynamo").input_value() == RUN


def test_it_works_from_a_folder(site: object, open_page: partial[Page]) -> None:
    page = opened(open_page, f"file://{site.folder / QUICK}", "1.6.2")  # type: ignore[attr-defined]
    assert tags(page) == {"1.6.2"}


def test_without_scripts_the_page_is_the_tested_one(address: str, browser: object) -> None:
    context = browser.new_context(java_script_enabled=False)  # type: ignore[attr-defined]
    page = context.new_page()
    page.goto(address + QUICK)
    assert (tags(page), page.locator(".release-switch").count()) == ({RUN}, 0)
    context.close()


def test_no_page_is_wider_than_a_telephone_for_it(address: str, open_page: partial[Page]) -> None:
    page = opened(open_page, address + RESOURCES, "0.9.1", size="telephone")
    assert page.evaluate("document.documentElement.scrollWidth") <= SIZES["telephone"][0]
    assert page.locator(".md-header__inner").bounding_box()["width"] <= SIZES["telephone"][0]  # type: ignore[index]
