"""The walk through a syntax tree: commands with what is connected to them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from docs_test.shellcode import variables, words
from docs_test.shellcode.model import Command, Redirect, Script
from docs_test.shellcode.scopes import SUBSHELLS, At, VariableWalk
from docs_test.shellcode.syntax import children, code, tree

if TYPE_CHECKING:
    from docs_test.shellcode.model import Word


def read(text: str) -> Script:
    """Read code; what is no shell code is left out (`Script.error`)."""
    source = code(text)
    root = tree(source)
    walk = _Walk(source)
    walk.each(root, At())
    return walk.script(error=root.has_error)


@dataclass(slots=True)
class _Walk(VariableWalk):
    commands: list[Command] = field(default_factory=list)
    functions: set[str] = field(default_factory=set)
    open: bool = False

    def script(self, *, error: bool) -> Script:
        order = sorted(range(len(self.commands)), key=lambda index: self.commands[index].start)
        place = {old: new for new, old in enumerate(order)}
        commands = tuple(
            replace(self.commands[index], fed_by=place.get(self.commands[index].fed_by, -1)) for index in order
        )
        definitions = tuple(sorted(self.definitions, key=lambda one: one.start))
        uses = tuple(sorted(self.uses, key=lambda one: one.start))
        return Script(commands, uses, definitions, frozenset(self.functions), self.open, error)

    # Commands.

    def _command(self, node: Any, at: At) -> int:
        found: list[Word] = []
        redirects: list[Redirect] = []
        assignments: list[str] = []
        for name, child in children(node):
            if child.type == "variable_assignment":
                assignments.append(self.source.of(child.child_by_field_name("name")))
                self._value(child, at)
            elif name in {"name", "argument"} or (child.is_named and not child.type.endswith("_redirect")):
                found.append(words.word(self.source, child))
                self.visit(child, at)
            elif child.type.endswith("_redirect"):
                self._redirect(child, at, found, redirects)
        start, end = self.source.span(node)
        command = Command(
            tuple(found),
            start,
            end,
            tuple(redirects),
            tuple(assignments),
            repeated=at.repeated,
            conditional=at.conditional,
            tested=at.tested,
            background=node.next_sibling is not None and node.next_sibling.type == "&",
        )
        return self._keep(command, at)

    def _keep(self, command: Command, at: At) -> int:
        if command.words:
            self.open = self.open or command.words[0].text in variables.OPENING
            for name, start in variables.set_by(command.words):
                self._define(name, start, at, certain=False)
        self.commands.append(command)
        return len(self.commands) - 1

    def _redirected_statement(self, node: Any, at: At) -> int:
        """A statement with redirections behind it, which are its last command's."""
        body = node.child_by_field_name("body")
        index = self._part(body, at) if body is not None else -1
        more: list[Word] = []
        redirects: list[Redirect] = []
        previous = body.end_byte if body is not None else node.start_byte
        for name, child in children(node):
            if name == "redirect":
                more += self._dash(previous, child)
                self._redirect(child, at, more, redirects, index)
                previous = child.end_byte
        if index < 0:  # A redirection alone, or of a group.
            return index
        command = self.commands[index]
        all_words = (*command.words, *more)
        self.commands[index] = replace(command, words=all_words, redirects=(*command.redirects, *redirects))
        return index

    def _dash(self, previous: int, node: Any) -> list[Word]:
        """The word `-` before `<<`, of which the grammar makes no node."""
        start, end = self.source.offset(previous), self.source.offset(node.start_byte)
        gap = self.source.text[start:end]
        if gap.strip() == "-":
            return [words.plain(self.source, start + gap.index("-"), start + gap.index("-") + 1)]
        return [words.plain(self.source, end, end + 1)] if self.source.text.startswith("-<<", end) else []

    def _redirect(self, node: Any, at: At, more: list[Word], redirects: list[Redirect], index: int = -1) -> None:
        if node.type == "heredoc_redirect":
            self._heredoc(node, at, more, redirects, index)
            return
        operator = next((child.type for child in node.children if not child.is_named), "<")
        targets = [child for child in node.children if child.is_named and child.type != "file_descriptor"]
        for number, child in enumerate(targets):
            self.visit(child, at)
            made = words.word(self.source, child)
            if number == 0:
                redirects.append(Redirect(operator, made))
            else:  # The grammar takes the words that follow for files, too.
                more.append(made)

    def _heredoc(self, node: Any, at: At, more: list[Word], redirects: list[Redirect], index: int) -> None:
        start = next((self.source.of(one) for one in node.children if one.type == "heredoc_start"), "")
        quoted = any(mark in start for mark in "'\"\\")
        for name, child in children(node):
            if child.type == "heredoc_body":
                body = words.document(self.source, child, quoted=quoted)
                redirects.append(Redirect("<<", None, body))
                if not quoted:
                    self.each(child, at)
            elif name == "redirect" or child.type.endswith("_redirect"):
                self._redirect(child, at, more, redirects)
            elif name == "argument":
                more.append(words.word(self.source, child))
                self.visit(child, at)
            elif child.type == "pipeline":
                self._pipeline(child, at, index)
            elif child.is_named and child.type not in {"heredoc_start", "heredoc_end"}:
                self.visit(child, replace(at, conditional=True))

    def _part(self, node: Any, at: At) -> int:
        """Visit a part of a pipeline; the index of its last command, -1 for a group."""
        if node.type == "command":
            return self._command(node, at)
        if node.type == "redirected_statement":
            return self._redirected_statement(node, at)
        if node.type == "pipeline":
            return self._pipeline(node, at)
        if node.type == "list":
            self.each(node, at)
            last = node.children[-1]
            end = self.source.span(last)[1]
            return next((i for i in reversed(range(len(self.commands))) if self.commands[i].end == end), -1)
        self.visit(node, at)
        return -1

    def _pipeline(self, node: Any, at: At, before: int = -1) -> int:
        scope = at.scope or self.source.span(node)
        for child in node.children:
            if not child.is_named:
                continue
            inner = at if child.type in SUBSHELLS else replace(at, scope=self.source.span(child))
            first = len(self.commands)
            index = self._part(child, replace(inner, scope=inner.scope or scope))
            if first < len(self.commands) and index >= 0:
                self.commands[index] = replace(self.commands[index], fed_by=before)
            before = index
        return before

    # What surrounds commands.

    def _negated_command(self, node: Any, at: At) -> None:
        self.each(node, replace(at, tested=True))

    def _list(self, node: Any, at: At) -> None:
        """`a && b`, `a || b`: the second may not be run."""
        operators = {child.type for child in node.children if not child.is_named}
        named = [child for child in node.children if child.is_named]
        for number, child in enumerate(named):
            last = number == len(named) - 1
            inner = replace(at, conditional=at.conditional or number > 0)
            self.visit(child, replace(inner, tested=at.tested or ("||" in operators and not last)))

    def _while_statement(self, node: Any, at: At) -> None:
        self._loop(node, at)

    def _for_statement(self, node: Any, at: At) -> None:
        self._loop(node, at)

    def _c_style_for_statement(self, node: Any, at: At) -> None:
        self._loop(node, at)

    def _if_statement(self, node: Any, at: At) -> None:
        self._branch(node, at)

    def _case_statement(self, node: Any, at: At) -> None:
        self._branch(node, at)

    def _loop(self, node: Any, at: At) -> None:
        for name, child in children(node):
            if name == "variable":
                self._define(self.source.of(child), self.source.span(child)[0], at, certain=False)
            elif node.type == "c_style_for_statement" and name in {"initializer", "condition", "update"}:
                self._assigned(child, at)
            elif name == "condition":
                self.visit(child, replace(at, tested=True, repeated=True))
            else:
                self.visit(child, replace(at, repeated=True) if name == "body" else at)

    def _branch(self, node: Any, at: At) -> None:
        for name, child in children(node):
            condition = name in {"condition", "value"}
            self.visit(child, replace(at, tested=True) if condition else replace(at, conditional=True))

    def _function_definition(self, node: Any, at: At) -> None:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is not None:
            self.functions.add(self.source.of(name))
        if body is not None:
            self.visit(body, replace(at, function=self.source.span(node), conditional=True))
