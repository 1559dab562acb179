"""Texts with pieces lost, doubled, moved or put in: YAML and Markdown that nobody would write."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import random

BITS = (
    *(
        "\t",
        "\r",
        "\0",
        "\x07",
        "\ufeff",
        "\u2028",
        "😀",
        "&a ",
        "*a",
        "<<: *a\n",
        "!!binary ",
        "!x ",
        "? ",
        "- - - ",
    ),
    *(
        "{",
        "}",
        "[",
        "]",
        "'",
        '"',
        "|\n",
        ">-\n",
        "---\n",
        "...\n",
        "%YAML 1.2\n",
        "#",
        ": ",
        "::",
        "~",
        "null",
        "1e999",
    ),
    *(
        "0x1F",
        "0o17",
        ".nan",
        "9" * 400,
        "yes",
        "2026-11-24",
        "${X}",
        "<x>",
        "{{ x }}",
        "{% raw %}",
        "```",
        "~~~",
        "````",
    ),
    *(
        "```yaml { .manifest }\n",
        "```bash { .run }\nkubectl apply -f - <<EOF\n",
        "EOF\n",
        '--8<-- "a.yaml"\n',
        '=== "A"\n',
    ),
    *(
        "!!! note\n",
        "> ",
        "    ",
        "1. ",
        "<!--",
        "-->",
        "---\nplaceholders: {x: y}\n---\n",
        "kind: List\nitems:\n",
    ),
)


def damaged(text: str, chance: random.Random, most: int = 6) -> str:
    """A text with one to six pieces, or as many as said, lost, doubled, moved or put in."""
    for _ in range(chance.randint(1, most)):
        start = chance.randint(0, len(text))
        end = min(len(text), start + chance.choice((1, 3, 20, 200)))
        match chance.randint(0, 5):
            case 0:
                text = text[:start] + text[end:]
            case 1:
                text = text[:end] + text[start:]
            case 2:
                other = chance.randint(0, len(text))
                text = text[:other] + text[start:end] + text[other:]
            case 3:
                lines = text.split("\n")
                index = chance.randrange(len(lines))
                lines[index] = " " * chance.randint(0, 9) + lines[index].lstrip()
                text = "\n".join(lines)
            case _:
                text = text[:start] + chance.choice(BITS) * chance.choice((1, 1, 1, 2, 300)) + text[start:]
    return text
