"""The words of docs-test: roles, what each may carry, languages, front matter keys. Data only."""

from __future__ import annotations

from docs_test.model import Role

CLEANUP = "cleanup"
"""Marks a `.run` that always runs, at the end; alone it means `.run .cleanup`."""
ROLES = (*(role.value for role in Role), CLEANUP)

SHELLS = frozenset({"bash", "sh", "shell"})
"""Languages of a `.run`."""
SESSIONS = frozenset({"console", "shell-session", "bash-session", "sh-session", "terminal"})
"""Languages of prompts and output: never run."""
MANIFESTS = frozenset({"yaml", "yml", "json"})
NEED_ROLE = SHELLS | SESSIONS | {"yaml", "yml", "zsh", "fish"}
"""Languages whose fences must say what they are for; JSON must when it is a manifest."""

APPEARANCE = frozenset({"annotate", "copy", "no-copy", "select", "no-select", "highlight"})
"""Classes of the theme, of no concern here."""
APPEARANCE_OPTIONS = frozenset({"title", "title_mode", "hl_lines", "linenums", "id"})

_CHOICE = frozenset({"data-when", "data-needs"})
_CODE = frozenset({"data-allow"})
_TIMED = frozenset({"data-timeout", "data-exit", "data-until", "data-since", "data-within"})
ATTRIBUTES: dict[Role, frozenset[str]] = {
    Role.RUN: _CHOICE | _CODE | _TIMED | {"data-background", "data-ready"},
    Role.OUTPUT: _CHOICE | {"data-match"},
    Role.FILE: _CHOICE | _CODE | {"data-from"},
    Role.MANIFEST: _CHOICE | {"data-from"},
    Role.FRAGMENT: _CHOICE | {"data-of", "data-at", "data-under"},
    Role.SKIP: _CHOICE | _CODE | {"data-reason", "data-runs-on", "data-timeout"},
}
"""The `data-…` attributes of each role."""

FRONT_MATTER_KEYS = (
    *("needs", "vars", "timeout", "after", "uses", "alone", "variants", "artifacts", "platform"),
    "allow",
)
