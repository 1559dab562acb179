"""What a page does to its own bash: it works as in a terminal, and the driver of the shell lives through it."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from docs_test.model import Step, StepKind
from docs_test.shell.background import start
from docs_test.shell.bash import ENDED_EARLY, Ended, Shell
from docs_test.shell.folder import made
from docs_test.shell.state import MOST_BYTES, newest, readable, restored
from groundwork.base.positions import Position
from support.waiting import LONG, wait_until

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

ENV = {"PATH": os.environ["PATH"], "LC_ALL": "C.UTF-8"}


def step(code: str) -> Step:
    lines = tuple(Position("docs/x.md", 10 + number) for number, _ in enumerate(code.splitlines()))
    return Step(StepKind.RUN, Position("docs/x.md", 9), code, lines)


class Runner:
    """Runs steps in the shell of one page, in a next one where a step has ended it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.work = made(folder / "work")
        self.shell = Shell(folder, self.work, ENV)

    def __call__(self, code: str) -> Ended:
        if not self.shell.free:
            self.next()
        return self.shell.run(step(code), LONG)

    def next(self) -> None:
        """Go on in another shell."""
        known = self.shell.known
        self.shell.close()
        self.shell = Shell(self.folder, self.work, ENV, known)


@pytest.fixture
def run(tmp_path: Path) -> Iterator[Runner]:
    runner = Runner(tmp_path)
    yield runner
    runner.shell.close()


def test_an_alias_works_in_later_lines_steps_shells_and_background_steps(run: Runner) -> None:
    assert run("alias say='echo said'\nsay now").output == "said now\n"
    assert run("say later").output == "said later\n"
    assert run("say last; false").output == "said last\n"
    assert run("say again\nalias say='echo told'").output == "said again\n"
    background = start(step("say all"), run.folder, ENV, run.shell.known)
    wait_until(lambda: background.process.poll() is not None, "it has ended")
    assert background.close() == ("told all\n", 0)


TRACED = {
    "on": ("set -x\necho one\nX=$(echo two)", "+ echo one\none\n++ echo two\n+ X=two\n"),
    "in a function": ("f() { echo one; }\nset -x\nf", "+ f\n+ echo one\none\n"),
    "that fails": ("set -x\ntrue\nfalse\ntrue", "+ true\n+ false\n"),
    "with a return": ("set -x\nreturn 0\ntrue", "+ return 0\n"),
    "that leaves": ("set -x\nexit 3", "+ exit 3\n"),
    "with PS4 of its own": ("PS4='> '\nset -x\necho one", ">> echo one\none\n"),
    "verbose": ("set -v\necho one", "echo one\none\n"),
    "with a trap": ("trap 'echo about $BASH_COMMAND' DEBUG\necho one", "about echo one\none\n"),
    "with an error trap": ("trap 'echo sorry' ERR\nfalse", "sorry\n"),
    "without a newline": ("set -x\nprintf one", "+ printf one\none"),
}


@pytest.mark.parametrize("name", TRACED)
def test_a_trace_shows_the_page_s_commands_alone_as_at_a_terminal(run: Runner, name: str) -> None:
    code, output = TRACED[name]
    assert run(code).output == output


def test_a_trace_goes_on_in_the_next_step_and_shell(run: Runner) -> None:
    run("set -x")
    assert run("echo one").output == "+ echo one\none\n"
    run("false")
    assert run("echo two").output == "+ echo two\ntwo\n"
    background = start(step("echo three\nfalse"), run.folder, ENV, run.shell.known)
    wait_until(lambda: background.process.poll() is not None, "it has ended")
    assert background.close()[0].splitlines() == ["+ echo three", "three", "+ false"]


HOSTILE = {
    "functions named like builtins": "\n".join(
        f"{name}() {{ echo mine >&2; }}"
        for name in ("printf", "source", "read", "declare", "trap", "shopt", "alias")
    ),
    "a cd of its own": 'cd() { builtin cd "$@" && pwd; }',
    "aliases named like builtins": "alias printf=false builtin=false source=false set=false read=false true=false",
    "aliases named like words": "alias while=false if=false '[['=false",
    "another IFS": "IFS=:0123456789abcdef",
    "a read-only IFS": "readonly IFS=0",
    "no PATH": "unset PATH",
    "another PATH": "PATH=/nowhere",
    "a read-only PATH": "readonly PATH=/nowhere",
    "no clobbering": "set -C",
    "no globbing": "set -f",
    "all exported": "set -a",
    "posix": "set -o posix",
    "case": "shopt -s nocasematch nullglob failglob extglob",
    "descriptors": 'for N in 3 4 5 6 7 8 9; do eval "exec $N>/dev/null"; done; exec 3<&- 4<&- 5<&-',
    "a trap at exit": "trap 'echo bye' EXIT",
    "a trap of errors": "trap 'echo sorry' ERR",
    "a trap of each command": "trap ': $BASH_COMMAND' DEBUG",
    "a trap of returns": "trap 'echo back' RETURN",
    "signals": "trap '' TERM INT HUP",
    "job control": "set -m",
    "a prompt": "PROMPT_COMMAND='echo prompt'; PS1=x",
    "a folder that is gone": 'mkdir gone; cd gone; rmdir "../gone"',
    "no PWD": "unset PWD OLDPWD",
    "arguments": "set -- one two",
    "output elsewhere": "exec >/dev/null 2>&1",
    "no locale": "unset LC_ALL LANG; LC_ALL=POSIX",
    "a large variable": "printf -v LARGE %500000s x",
    "a job": "sleep 600 & disown",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_the_driver_lives_through_what_a_page_does(run: Runner, name: str) -> None:
    """Later steps run, are told apart, fail where they fail, and what they set is there in a next shell, too."""
    builtin = "\\builtin"
    assert run(HOSTILE[name]).status == 0
    assert run("KEPT=yes; echo one").output.startswith("one\n")
    ended = run("KEPT=no\n(exit 3)\necho never")
    assert (ended.status, ended.line if "trap of errors" not in name else 2) == (3, 2)
    assert "never" not in ended.output
    run.next()
    assert run(f'{builtin} echo "$KEPT"').output.splitlines()[-1] in {"no", "yes" if "at exit" in name else "no"}


def test_read_does_not_end_the_shell_after_tmout(run: Runner) -> None:
    run("TMOUT=1")
    time.sleep(1.5)
    assert run("echo there").output == "there\n"


def test_a_page_has_no_arguments_and_no_input_of_the_driver(run: Runner) -> None:
    assert run('echo "$# ${1-none}"').output == "0 none\n"
    assert run("read -r X || echo nothing; cat").output == "nothing\n"


def test_what_an_exit_trap_of_the_page_prints_is_of_no_step(run: Runner) -> None:
    """At a terminal, it is seen when the terminal closes."""
    run("trap 'echo bye' EXIT")
    assert run("echo one; false").output == "one\n"


def test_an_unclosed_here_document_shows_nothing_of_the_driver(run: Runner) -> None:
    """Pages that have one are not run; a check by hand may."""
    ended = run("cat <<EOF\nhello")
    assert ended.problem == ENDED_EARLY
    assert "__dt" not in ended.output


def test_functions_and_options_are_there_in_a_next_shell(run: Runner) -> None:
    code = (
        'shopt -s extglob\nf() {\n    cat <<END\nit\'s "$1"\nEND\n}\ng() { [[ $1 == @(a|b) ]]; }\nset -f\ncd /usr'
    )
    assert run(code).status == 0
    run.next()
    assert run("f x; g a; echo *; pwd").output == 'it\'s "x"\n*\n/usr\n'


def test_a_state_of_an_older_bash_is_read(tmp_path: Path) -> None:
    """It prints a newline within quotes as it is."""
    text = (
        "# state of a \nshopt -u extglob\n"
        'declare -r A="one\ndeclare -r NO=\\"1\\""\ndeclare -ar L=([0]="x" [1]="y\ndeclare -r z")\n'
        'declare -- BASH_VERSION="4"\ndeclare -ir UID="0"\ndeclare -xr E\ndeclare -- B=""\n'
        "__dt_keep () \n{ \n    true\n}\nf () \n{ \n    echo 'declare -r X=1'\n}\ncd -- /\n# whole\n"
    )
    assert readable(text) == (
        "# state of a \nshopt -u extglob\n"
        'declare -- A="one\ndeclare -r NO=\\"1\\""\ndeclare -a L=([0]="x" [1]="y\ndeclare -r z")\n'
        'declare -x E\ndeclare -- B=""\n'
        "f () \n{ \n    echo 'declare -r X=1'\n}\ncd -- /\n# whole\n"
    )
    state = tmp_path / "a.bash"
    state.write_text(text)
    assert newest(tmp_path) == state
    (tmp_path / "b.bash").write_text(text.removesuffix("# whole\n"))
    assert newest(tmp_path) == state, "a shell was killed while it wrote the later one"


def test_a_state_that_a_page_has_replaced_is_not_followed(tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("declare -- A=of_the_host\n# whole\n")
    (tmp_path / "link.bash").symlink_to(secret)
    os.mkfifo(tmp_path / "pipe.bash")
    (tmp_path / "folder.bash").mkdir()
    with (tmp_path / "large.bash").open("w") as large:
        large.truncate(MOST_BYTES + 1)
    for name in ("link", "pipe", "folder", "large", "absent"):
        assert restored(tmp_path, tmp_path / f"{name}.bash") is None
    assert newest(tmp_path) is None


def test_steps_print_into_one_file_unless_somebody_may_still_print(run: Runner) -> None:
    outputs = run.folder / "outputs"
    for number in range(3):
        assert run(f"echo {number}").output == f"{number}\n"
    assert len(list(outputs.iterdir())) == 1
    run("(until [ -e go ]; do sleep 0.02; done; echo late; touch said) &\necho now")
    told = run("touch go; until [ -e said ]; do sleep 0.02; done; echo then")
    assert told.output == "then\n", "what comes late is not taken for this step's"
    assert len(list(outputs.iterdir())) == 2
    assert run("wait; head -c 1500000 /dev/zero | tr '\\0' x").left_out > 0
    assert run("echo small").output == "small\n"
    assert len(list(outputs.iterdir())) == 3


def test_a_file_system_without_leases_has_a_file_for_each_step(
    run: Runner, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr("fcntl.F_SETLEASE")
    for number in range(3):
        assert run(f"echo {number}").output == f"{number}\n"
    assert len(list((run.folder / "outputs").iterdir())) == 3
