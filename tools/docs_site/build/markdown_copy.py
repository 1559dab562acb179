"""A page as Markdown, made from what the site renders: macros and includes resolved, every tab in the open.

Why not a plugin for it (mkdocs-llmstxt): it would be one that other engines leave out silently, it drops the names
of tabs, and its pages are listed by hand. The conversion itself is the one it uses, markdownify's.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from bs4 import BeautifulSoup
from bs4.filter import SoupStrainer
from markdownify import ATX, MarkdownConverter

if TYPE_CHECKING:
    from bs4 import Tag

FURNITURE = (
    ".headerlink, .md-content__button, .kind, .page-scripts, .page-foot > p:last-child, script, style, svg, input"
)
"""Elements that are there to be clicked or seen, and say nothing."""
OWN_PAGE = re.compile(r"^(?![\w+.-]+:|//)([^#?]*)\.html(?=[#?]|$)")
"""The address of a page of this site."""
LANGUAGE = re.compile(r"language-(\S+)")
BACKTICKS = re.compile(r"^`{3,}", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Copy:
    """What of a built page its Markdown copy and llms.txt need."""

    title: str
    description: str
    kind: str
    """Kind of the page; "" if it has none."""
    markdown: str


class _Converter(MarkdownConverter):
    """markdownify's, with the page's own blocks."""

    def convert_pre(self, el: Tag, text: str, parent_tags: Any) -> str:
        """A fence with its language, longer than any fence in it; the file's name above, the reason below."""
        del parent_tags
        block = el.find_parent("div", class_="highlight")
        language = name = reason = ""
        if block is not None:
            found = LANGUAGE.search(" ".join(block.get("class") or []))
            language = found[1] if found else ""
            reason = str(block.get("data-reason") or "")
            name = f"`{block['data-title']}`:\n\n" if block.get("data-title") else ""
        ticks = "`" * max([3, *(len(run) + 1 for run in BACKTICKS.findall(text))])
        after = f"(Not run by this site's tests: {reason}.)\n\n" if reason else ""
        opening = ticks if language == "text" else f"{ticks}{language}"
        return f"\n\n{name}{opening}\n{text.strip(chr(10))}\n{ticks}\n\n{after}"

    def convert_td(self, el: Tag, text: str, parent_tags: Any) -> str:
        """A bar in a cell is no border."""
        cell = text.replace("|", r"\|")
        return str(super().convert_td(el, cell, parent_tags))  # type: ignore[misc]  # Its stubs lack it.

    def convert_details(self, el: Tag, text: str, parent_tags: Any) -> str:
        """A folded block, in the open."""
        return str(super().convert_blockquote(el, text, parent_tags))  # type: ignore[misc]

    def convert_summary(self, el: Tag, text: str, parent_tags: Any) -> str:
        """What a folded block is about."""
        del el, parent_tags
        return f"\n\n**{text.strip()}**\n\n"


def copy_of(html: str) -> Copy:
    """The copy of a built page.

    Args:
        html: the whole file.
    """
    head = BeautifulSoup(html.partition("</head>")[0], "lxml")
    soup = BeautifulSoup(html, "lxml", parse_only=SoupStrainer("article"))
    article = soup.find("article")
    description = head.find("meta", attrs={"name": "description"})
    if article is None:
        raise ValueError("no <article>")
    label = article.find(class_="kind")
    kind = str(label["data-kind"]) if label else ""
    _prepare(soup, article)
    heading = article.find("h1")
    text = _Converter(heading_style=ATX, bullets="-", escape_misc=False).convert_soup(article)
    text = re.sub(r"[ \t]+$", "", re.sub(r"\n{3,}", "\n\n", str(text)), flags=re.MULTILINE)
    return Copy(
        title=" ".join(heading.get_text().split()) if heading else "",
        description=str(description["content"]) if description else "",
        kind=kind,
        markdown=text.strip() + "\n",
    )


def _prepare(soup: BeautifulSoup, article: Tag) -> None:
    """Turn what only HTML can say into what Markdown can."""
    _open_tabs(soup, article)
    for tag in article.select(FURNITURE):
        tag.decompose()
    for code in article.select("pre > code"):
        code.unwrap()
    for block in article.select(".highlight:has(> .filename)"):
        block["data-title"] = block.select(".filename")[0].extract().get_text()
    for admonition in article.select(".admonition"):
        admonition.name = "blockquote"
    for title in article.select(".admonition-title"):
        title.string = title.get_text(" ", strip=True)
        title.wrap(soup.new_tag("p"))
        title.name = "strong"
    for line in article.select(".tested span"):
        line.append(soup.new_tag("br"))
    for link in article.find_all("a", href=True):
        link["href"] = OWN_PAGE.sub(r"\1.md", str(link["href"]))


def _open_tabs(soup: BeautifulSoup, article: Tag) -> None:
    """Each tab of a set begins with its name."""
    for tabs in article.select(".tabbed-set"):
        labels = tabs.select(":scope > .tabbed-labels > label")
        blocks = tabs.select(":scope > .tabbed-content > .tabbed-block")
        for label, block in zip(labels, blocks, strict=True):
            block.insert(0, _paragraph(soup, f"Tab: {label.get_text(' ', strip=True)}"))
            label.decompose()


def _paragraph(soup: BeautifulSoup, text: str) -> Tag:
    paragraph, strong = soup.new_tag("p"), soup.new_tag("strong")
    strong.string = text
    paragraph.append(strong)
    return paragraph
