"""Here-documents are found where bash finds them, and read as bash reads them."""

from __future__ import annotations

import subprocess

import pytest

from docs_test.language.heredocs import assignments, expand, find


def bodies(code: str) -> list[str]:
    lines = code.split("\n")
    return ["\n".join(lines[doc.start : doc.end]) for doc in find(code)]


CODES = {
    "plain": ("cat <<EOF\na\nb\nEOF\necho x", ["a\nb"]),
    "quoted": ("cat <<'EOF'\n$a\nEOF", ["$a"]),
    "double quoted": ('cat << "E O F"\na\nE O F', ["a"]),
    "escaped": ("cat <<\\EOF\na\nEOF", ["a"]),
    "dashed": ("cat <<-EOF\n\ta\n\tEOF\necho", ["\ta"]),
    "two on a line": ("cat <<A; cat <<B\na\nA\nb\nB", ["a", "b"]),
    "one after another": ("cat <<A\na\nA\ncat <<A\nb\nA", ["a", "b"]),
    "delimiter inside": ("cat <<A\nAA\n A\nA", ["AA\n A"]),
    "in a function": ("f() {\n  cat <<A\na\nA\n}\nf", ["a"]),
    "in a substitution": ('x="$(cat <<A\na"\nA\n)"', ['a"']),
    "with a pipe": ("cat <<A | tr a b\na\nA", ["a"]),
    "continued": ("cat \\\n  - <<A\na\nA", ["a"]),
    "here-string": ("cat <<<A\ntrue", []),
    "in quotes": ("echo '<<A' \"<<B\"", []),
    "in a quote over lines": ("echo '\n<<A\n'\ntrue", []),
    "in a comment": ("true # <<A\ntrue", []),
    "no comment": ("echo a#b <<A\na\nA", ["a"]),
    "shift": ("echo $((1<<2)) && ((x = 1<<3))\ntrue", []),
    "shift and document": ("echo $((1<<2)) <<A\na\nA", ["a"]),
    "escaped quote": ("echo \\' <<A\na\nA", ["a"]),
    "continued text": ("cat <<A\na\\\nA\nb\\\\\nA\ntrue", ["a\\\nA\nb\\\\"]),
    "continued text, quoted": ("cat <<'A'\na\\\nA\ntrue", ["a\\"]),
    "in a variable": ('echo ${x#<<A} "${y:-its <<A}" <<B\nb\nB', ["b"]),
    "after a quote with escapes": ("echo $'it\\'s <<A'\ntrue", []),
    "parentheses": ("(cat <<A\na\nA\n)", ["a"]),
}


@pytest.mark.parametrize("name", CODES)
def test_here_documents_are_found(name: str) -> None:
    code, expected = CODES[name]
    assert bodies(code) == expected
    assert subprocess.run(["bash", "-n"], input=code, text=True, capture_output=True, check=False).stderr == ""


def test_one_that_is_never_closed_ends_with_the_code() -> None:
    assert bodies("cat <<EOF\na") == ["a"]


@pytest.mark.parametrize(
    ("command", "applied", "file"),
    [
        ("kubectl apply -f - <<EOF", True, ""),
        ("kubectl -n x create --filename=- <<EOF", True, ""),
        ("cat <<EOF | kubectl apply -n x -f -", True, ""),
        ("kubectl apply \\\n  -f - <<EOF", True, ""),
        ("cat > a.yaml <<EOF", False, "a.yaml"),
        ('cat <<EOF >"dir/a.yml"', False, "dir/a.yml"),
        ("tee -a a.json <<EOF", False, "a.json"),
        ("kubectl apply -f a.yaml <<EOF", False, ""),
        ("python3 - <<EOF", False, ""),
        ("cat > a.txt <<EOF", False, ""),
    ],
)
def test_where_it_goes(command: str, applied: bool, file: str) -> None:  # noqa: FBT001 - a table's column
    (heredoc,) = find(f"{command}\na\nEOF")
    assert (heredoc.applied, heredoc.file) == (applied, file)


LINES = [
    "$A-${A}-\\$A",
    "${B:-x y}|${A:-x}|${A:+z}|${B:+z}|${B-}",
    "${E:-x}|${E-x}|${E:+z}|${E+z}|${E:=w}",
    "\\\\ \\` \\a 'A' \"$A\"",
    "no $ here, $. or ${A}b$A_",
]


def test_lines_are_expanded_as_bash_does() -> None:
    variables = {"A": "a value", "A_": "_", "E": ""}
    code = "A='a value'; A_=_; E=\ncat <<EOF\n" + "\n".join(LINES) + "\nEOF\n"
    printed = subprocess.run(["bash", "-c", code], text=True, capture_output=True, check=True).stdout
    assert [expand(line, variables).text for line in LINES] == printed.rstrip("\n").split("\n")
    assert all(expand(line, variables).unknown == () for line in LINES)


def test_columns_beside_variables_are_known() -> None:
    done = expand("a: $A, b: ${A}", {"A": "longer"})
    assert done.text == "a: longer, b: longer"
    assert done.segments == ((1, 1, 1), (4, 4, 0), (10, 6, 1), (15, 11, 0), (21, 15, 1))


@pytest.mark.parametrize(
    "what", ["$X", "${X}", "$(date)", "`date`", "$1", "$$", "${#A}", "${A##*/}", "${X:?no}", "${E:?no}"]
)
def test_what_only_the_shell_knows_is_named(what: str) -> None:
    unknown = expand(f"name: a{what}", {"A": "1", "E": ""}).unknown
    assert unknown
    assert unknown[0][0] == 8
    assert what.startswith(unknown[0][1])


def test_assignments_to_plain_text_are_known() -> None:
    code = 'export A=x/y:1\nB=\'b c\'\n  C="d" && true\nD=$(date)\nE="$A"\nF=a$B\nA=2 cmd\ncmd G=1\nH=\n'
    assert assignments(code) == {"A": None, "B": "b c", "C": "d", "D": None, "E": None, "F": None, "H": ""}
