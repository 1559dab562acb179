"""What is said of a file that is not UTF-8."""

from __future__ import annotations

import struct

import pytest

from groundwork.text.not_utf8 import not_utf8


def found(content: bytes, name: str = "a.md") -> tuple[str, str]:
    with pytest.raises(UnicodeDecodeError) as error:
        content.decode("utf-8")
    said = not_utf8(content, error.value.start, name)
    return f"{said.line}:{said.column}: {said.fact}", said.hint


@pytest.mark.parametrize(
    ("content", "fact", "encoding"),
    [
        ("# X\n".encode("utf-16"), "1:1: this is UTF-16, as its first bytes say; it must be UTF-8", "UTF-16"),
        ("# X\n".encode("utf-32"), "1:1: this is UTF-32, as its first bytes say; it must be UTF-8", "UTF-32"),
        ("M\u00fc\n".encode("utf-16-le"), "1:1: this looks like UTF-16LE; it must be UTF-8", "UTF-16LE"),
        ("M\u00fc\n".encode("utf-16-be"), "1:1: this looks like UTF-16BE; it must be UTF-8", "UTF-16BE"),
        (
            "a\nM\u00fc\n".encode("latin-1"),
            "2:2: the byte 0xfc is not UTF-8; in Windows-1252 it is the letter '\u00fc'",
            "WINDOWS-1252",
        ),
        (b"\x9d", "1:1: the byte 0x9d is not UTF-8", "WINDOWS-1252"),
    ],
)
def test_the_encoding_and_how_to_convert_it(content: bytes, fact: str, encoding: str) -> None:
    command = f"iconv -f {encoding} -t UTF-8 a.md > a.md.utf-8 && mv a.md.utf-8 a.md"
    assert found(content) == (fact, f"save it as UTF-8 in your editor, or convert it: {command}")


def test_a_picture_is_not_converted() -> None:
    picture = b"\x89PNG\r\n\x1a\n" + struct.pack(">IIIIB", 13, 0x49484452, 1, 1, 8)
    fact, hint = found(picture, "a b.md")
    assert fact == "1:1: this is not text: it has zero bytes, as pictures, archives and programs have"
    assert hint == "is it the right file? `file 'a b.md'` says what it is"


def test_a_name_is_quoted_and_standard_input_has_none() -> None:
    assert "-t UTF-8 'a b.md' > 'a b.md.utf-8'" in found(b"\xff", "a b.md")[1]
    assert found(b"\xff", "-")[1] == "convert it first: `iconv -f WINDOWS-1252 -t UTF-8`"
