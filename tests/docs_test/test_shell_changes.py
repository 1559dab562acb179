"""A step that cannot change what the shell knows is told from one that may; later shells get the same."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from docs_test.shell.bash import Shell
from docs_test.shell.changes import Changes
from docs_test.shell.folder import made
from support.page_runs import step
from support.waiting import LONG

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = (
    *(
        "echo 1",
        "true\ntrue\n",
        "kubectl get pods -n $NAMESPACE -o name",
        'echo "hello $NAME, it\'s"'[:-6] + '"',
        "ls",
    ),
    *(
        "echo 'a = $(b) ; c'",
        "  echo a  \n\n  sleep 1",
        "curl -fsS http://localhost:8000/health",
        "grep -q x file",
    ),
)
CHANGING = (
    *(
        "A=1",
        "A=1 echo x",
        "export A",
        "cd x",
        "echo ${A:=1}",
        "echo $((A++))",
        "echo $[A++]",
        "read A",
        "f",
        "f() { :; }",
    ),
    *(
        "echo a; A=1",
        "echo a && A=1",
        "true | A=1",
        "(A=1)",
        "echo $(A=1)",
        "echo `A=1`",
        "printf -v A x",
        "mapfile A <x",
    ),
    *(
        "echo a > x",
        "set -x",
        "shopt -s nullglob",
        "alias k=x",
        "trap x EXIT",
        "source x",
        ". x",
        "unset A",
        "umask 1",
    ),
    *(
        "for A in 1; do echo; done",
        "echo a \\\nA=1",
        "echo x\nA=1",
        "[[ a =~ a ]]",
        "wait",
        "let A=1",
        "echo a &",
        "pushd x",
    ),
    *(
        "test -v x; A=2",
        "echo <(A=1)",
        "echo {a,b}",
        "echo *",
        'echo "${A:=1}"',
        'echo "$(A=1)"',
        "exit",
        "\techo=1",
    ),
)


@pytest.mark.parametrize("code", PLAIN)
def test_plain_steps_change_nothing(code: str) -> None:
    assert not Changes(fresh=True).possible(code)
    assert Changes(fresh=False).possible(code), "what another shell knew may have functions"


@pytest.mark.parametrize("code", CHANGING)
def test_all_others_may(code: str) -> None:
    assert Changes(fresh=True).possible(code)


@pytest.mark.parametrize(
    "code",
    [
        *(
            "echo() { A=1; }",
            "function echo { A=1; }",
            "alias echo='A=1; echo'",
            "eval 'echo() { A=1; }'",
            "source ./x",
        ),
        *(". ./x", "trap 'A=1' DEBUG", "enable -n echo", "shopt -s expand_aliases", "declare -n B=A", "set -a"),
    ],
)
def test_after_what_gives_commands_another_meaning_all_may(code: str) -> None:
    changes = Changes(fresh=True)
    assert changes.possible(code)
    assert changes.possible("echo 1")


@pytest.mark.parametrize("between", ["true", "echo 1\necho 2", "A=3"])
def test_a_later_shell_knows_what_it_is_to(between: str, tmp_path: Path) -> None:
    env = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}
    shell = Shell(tmp_path, made(tmp_path / "work"), env)
    assert shell.known is None
    for code in ("A=1", between, "true", "echo $A"):
        assert shell.run(step(1, code), LONG).status == 0
    known = shell.known
    assert known is not None
    shell.close()
    following = Shell(tmp_path, tmp_path / "work", env, known)
    assert following.run(step(1, "echo $A"), LONG).output == ("3\n" if between == "A=3" else "1\n")
    following.close()
