"""The pictures of terminals on the site's pages: what the program prints today, of what was recorded.

After a change on purpose: UPDATE_GOLDEN=1 writes them anew, for whoever then looks at them.
"""

from __future__ import annotations

import io
import os
import re
import sys
import xml.etree.ElementTree as ET
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from kubectl_dynamo.verbs import command
from kubectl_dynamo.verbs.command import main
from support import terminal
from support.terminal import COLUMNS, picture

ROOT = Path(__file__).resolve().parents[2]
FOLDER = ROOT / "docs" / "assets" / "terminal"
RECORDED = Path(__file__).parent / "recorded"
STATES = Path(__file__).parent / "states"
DESIGNED = Path(__file__).parent / "designed"
SVG = "{http://www.w3.org/2000/svg}"


@dataclass(frozen=True)
class Shown:
    """A picture: what was typed, in which cluster, and what it shows in words."""

    name: str
    command: str
    alt: str
    states: tuple[str, ...] = ()
    """Recorded ones that follow each other."""
    together: tuple[str, ...] = ()
    """States of states/, in one cluster."""
    designed: str = ""
    """A state of designed/: what no cluster has shown yet."""
    renamed: str = ""
    """Name of the state's request, which the picture calls `my-model` as the pages do; "" keeps names."""


PICTURES = (
    Shown(
        "profiling",
        "kubectl dynamo status my-model",
        "The request my-model is in phase Profiling. Model, GPUs and SLA are listed, then how far the profiler is"
        " in per cent, and that the time left is unknown.",
        together=("sweeping",),
        renamed="sweeping",
    ),
    Shown(
        "blocked",
        "kubectl dynamo status my-model",
        "The request says Profiling. Below: it is blocked, because the profiler's Pod needs the Secret"
        " hf-token-secret, which does not exist; and the commands to look further.",
        states=("secret",),
    ),
    Shown(
        "deployed",
        "kubectl dynamo status my-model",
        "The request is Deployed: the SLA that was asked for beside the predicted latencies, and the graph with"
        " the ready replicas of each component, and the address of a Grafana.",
        together=("deployed",),
        renamed="deployed",
    ),
    Shown(
        "failed",
        "kubectl dynamo status my-model",
        "The request is Failed in the step Profiling: no configuration meets the SLA; and the command that shows"
        " the profiler's log.",
        states=("sla",),
    ),
    Shown(
        "wait",
        "kubectl dynamo status my-model --wait",
        "Four lines with the time: Profiling and blocked by a missing Secret, Profiling on, Deploying, Deployed.",
        states=("secret", "profiling", "deploying", "deployed"),
    ),
    Shown(
        "list",
        "kubectl dynamo status -A",
        "A table of five requests and a graph with phase, progress, time left, ready replicas and age; below, for"
        " each that is blocked or failed, a sentence and a command.",
        together=("deployed", "quickstart", "review", "sla-unmet", "sweeping", "worker-crash"),
    ),
    Shown(
        "explain",
        "kubectl dynamo explain CreateContainerConfigError",
        "The word, what it means, the fix, a command to look further, and the pages of this site about it.",
    ),
    Shown(
        "planner",
        "kubectl dynamo status dgdr-planner",
        "The request dgdr-planner is Deploying again. Below its components: that its planner asks for two decode"
        " workers, of which one is ready, that it scaled up nine seconds ago and why, and what it waits for.",
        states=("planner",),
    ),
    Shown(
        "search",
        "kubectl dynamo status search",
        "The request search was written in v1beta2. Its run is Running, with counts of branches, evaluations and"
        " candidates; below, two candidates with their ranks.",
        designed="search",
    ),
    Shown(
        "proposed",
        "kubectl dynamo status my-model",
        "The request my-model is in phase Profiling; per cent and time left are those that the operator says.",
        states=("proposed",),
    ),
    Shown(
        "proposed-deployed",
        "kubectl dynamo status my-model",
        "The request is Deployed, and the address of a dashboard is there, taken from the condition Dashboard.",
        states=("proposed-deployed",),
    ),
)


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def load(file: Path) -> dict[str, Any]:
    found: dict[str, Any] = yaml.load(file.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    return found


def with_name(value: Any, name: str) -> Any:
    """A state whose objects are called `my-model`, in all names that are made of the request's."""
    if isinstance(value, dict):
        return {with_name(key, name): with_name(inner, name) for key, inner in value.items()}
    if isinstance(value, list):
        return [with_name(inner, name) for inner in value]
    return re.sub(rf"(?<![^-/]){name}(?![^-/])", "my-model", value) if isinstance(value, str) else value


def typed(shown: Shown, server: Any, monkeypatch: pytest.MonkeyPatch) -> str:
    """What the program prints on a terminal."""
    if shown.designed:
        server.state = load(DESIGNED / f"{shown.designed}.yaml")
    elif shown.together:
        states = [load(STATES / f"{name}.yaml") for name in shown.together]
        states = [with_name(state, shown.renamed) for state in states] if shown.renamed else states
        server.state = {**states[0], "objects": [item for state in states for item in state["objects"]]}
    else:
        server.script = [load(RECORDED / f"{name}.yaml") for name in shown.states]
    stream = Tty()
    with monkeypatch.context() as patch:
        patch.setattr(sys, "stdout", stream)
        patch.setenv("TERM", "xterm")
        patch.setattr(command, "SHORTEST_INTERVAL", 0.0)
        main([*shown.command.split()[2:], *(["--interval", "0"] if "--wait" in shown.command else [])])
    return stream.getvalue()


@pytest.mark.usefixtures("kubeconfig")
@pytest.mark.parametrize("shown", PICTURES, ids=lambda shown: shown.name)
def test_a_picture_is_what_the_program_prints(shown: Shown, server: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = picture(shown.command, typed(shown, server, monkeypatch), shown.alt)
    file = FOLDER / f"{shown.name}.svg"
    if os.environ.get("UPDATE_GOLDEN"):
        file.write_text(drawn, encoding="utf-8")
    assert drawn == file.read_text(encoding="utf-8"), (
        f"UPDATE_GOLDEN=1 pytest {Path(__file__).name}, then look at it"
    )


def test_every_picture_is_made_and_used() -> None:
    names = {shown.name for shown in PICTURES}
    assert {file.stem for file in FOLDER.glob("*.svg")} == names
    pages = "".join(page.read_text(encoding="utf-8") for page in (ROOT / "docs").rglob("*.md"))
    assert set(re.findall(r'\{\{ terminal\("([\w-]+)"', pages)) == names


@pytest.mark.parametrize("shown", PICTURES, ids=lambda shown: shown.name)
def test_a_picture_needs_nothing_from_elsewhere(shown: Shown) -> None:
    text = (FOLDER / f"{shown.name}.svg").read_text(encoding="utf-8")
    found = parsed(text)
    assert {node.tag for node in found.iter()} <= {f"{SVG}{tag}" for tag in ("svg", "rect", "g", "text", "tspan")}
    attributes = {key for node in found.iter() for key in node.attrib}
    assert not {key for key in attributes if "href" in key or key.startswith("on")}
    assert "url(" not in text
    assert found.attrib["aria-label"] == shown.alt


def parsed(text: str) -> ET.Element:
    return ET.fromstring(text)  # noqa: S314  Our own text.


def lines_of(drawn: str) -> list[str]:
    return ["".join(node.itertext()) for node in parsed(drawn).iter(f"{SVG}text")]


def test_text_is_drawn_as_it_was_printed() -> None:
    drawn = picture("x <y>", "\x1b[31mFailed\x1b[0m & \x1b[1mmore\x1b[0m\n\n  end\n", 'a "b" <c>')
    assert lines_of(drawn) == ["$ x <y>", "Failed & more", "  end"]
    assert 'aria-label="a &quot;b&quot; &lt;c&gt;"' in drawn
    first, second = (node.attrib["y"] for node in list(parsed(drawn).iter(f"{SVG}text"))[1:])
    assert float(second) - float(first) == 2 * terminal._LINE, "an empty line keeps its place"


def test_long_lines_go_on_in_the_next_one() -> None:
    drawn = lines_of(picture("x", f"{'a' * 60}\x1b[1m{'b' * 60}\x1b[0m{'c' * 90}", "alt"))
    assert [len(line) for line in drawn] == [3, COLUMNS, COLUMNS, 10]
    assert "".join(drawn[1:]) == "a" * 60 + "b" * 60 + "c" * 90


def luminance(colour: str) -> float:
    parts = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def test_every_colour_can_be_read() -> None:
    dim = terminal._STYLES["2"].partition(":")[2]
    dark = luminance(terminal._BACKGROUND)
    for colour in (*terminal._COLOURS.values(), terminal._TEXT, terminal._PROMPT, dim):
        assert (luminance(colour) + 0.05) / (dark + 0.05) >= 4.5, colour
