"""The walk through a syntax tree: commands with what is connected to them, and variables with their scopes."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from docs_test.shellcode import variables, words
from docs_test.shellcode.model import Command, Definition, Redirect, Script, Use, Word
from docs_test.shellcode.syntax import Code, children, code, tree

if TYPE_CHECKING:
    from collections.abc import Callable

SUBSHELLS = frozenset({"subshell", "command_substitution", "process_substitution"})
LOOPS = frozenset({"while_statement", "for_statement", "c_style_for_statement"})
BRANCHES = frozenset({"if_statement", "case_statement"})
DEFAULTS = frozenset({":-", "-", ":=", "=", ":+", "+", ":?", "?"})
"""Operators of `${NAME…}` that say what to do if it is not set."""
SETTING = frozenset({":=", "="})
ARITHMETIC = frozenset(
    (
        "binary_expression",
        "unary_expression",
        "postfix_expression",
        "ternary_expression",
        "parenthesized_expression",
    )
)


@dataclass(frozen=True, slots=True)
class _At:
    """Where in the code the walk is."""

    scope: tuple[int, int] | None = None
    """Range of the innermost subshell."""
    function: tuple[int, int] | None = None
    repeated: bool = False
    conditional: bool = False
    tested: bool = False
    arithmetic: bool = False


def read(text: str) -> Script:
    """Read code; what is no shell code is left out (`Script.error`)."""
    source = code(text)
    root = tree(source)
    walk = _Walk(source)
    walk.each(root, _At())
    return walk.script(error=root.has_error)


@dataclass(slots=True)
class _Walk:
    source: Code
    commands: list[Command] = field(default_factory=list)
    uses: list[Use] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)
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

    def each(self, node: Any, at: _At) -> None:
        for _, child in children(node):
            self.visit(child, at)

    def visit(self, node: Any, at: _At) -> None:
        kind = node.type
        handler: Callable[[Any, _At], object] | None = getattr(self, f"_{kind}", None)
        if kind == "ERROR" or node.is_missing:
            return
        if handler is not None:
            handler(node, at)
        elif kind in SUBSHELLS:
            self.each(node, replace(at, scope=self.source.span(node), tested=False, arithmetic=False))
        elif kind in LOOPS:
            self._loop(node, at)
        elif kind in BRANCHES:
            self._branch(node, at)
        else:
            self.each(node, at)

    # Commands.

    def _command(self, node: Any, at: _At) -> int:
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

    def _keep(self, command: Command, at: _At) -> int:
        if command.words:
            self.open = self.open or command.words[0].text in variables.OPENING
            for name, start in variables.set_by(command.words):
                self._define(name, start, at, certain=False)
        self.commands.append(command)
        return len(self.commands) - 1

    def _redirected_statement(self, node: Any, at: _At) -> int:
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

    def _redirect(self, node: Any, at: _At, more: list[Word], redirects: list[Redirect], index: int = -1) -> None:
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

    def _heredoc(self, node: Any, at: _At, more: list[Word], redirects: list[Redirect], index: int) -> None:
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

    def _part(self, node: Any, at: _At) -> int:
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

    def _pipeline(self, node: Any, at: _At, before: int = -1) -> int:
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

    def _negated_command(self, node: Any, at: _At) -> None:
        self.each(node, replace(at, tested=True))

    def _list(self, node: Any, at: _At) -> None:
        """`a && b`, `a || b`: the second may not be run."""
        operators = {child.type for child in node.children if not child.is_named}
        named = [child for child in node.children if child.is_named]
        for number, child in enumerate(named):
            last = number == len(named) - 1
            inner = replace(at, conditional=at.conditional or number > 0)
            self.visit(child, replace(inner, tested=at.tested or ("||" in operators and not last)))

    def _loop(self, node: Any, at: _At) -> None:
        for name, child in children(node):
            if name == "variable":
                self._define(self.source.of(child), self.source.span(child)[0], at, certain=False)
            elif node.type == "c_style_for_statement" and name in {"initializer", "condition", "update"}:
                self._assigned(child, at)
            elif name == "condition":
                self.visit(child, replace(at, tested=True, repeated=True))
            else:
                self.visit(child, replace(at, repeated=True) if name == "body" else at)

    def _branch(self, node: Any, at: _At) -> None:
        for name, child in children(node):
            condition = name in {"condition", "value"}
            self.visit(child, replace(at, tested=True) if condition else replace(at, conditional=True))

    def _function_definition(self, node: Any, at: _At) -> None:
        name, body = node.child_by_field_name("name"), node.child_by_field_name("body")
        if name is not None:
            self.functions.add(self.source.of(name))
        if body is not None:
            self.visit(body, replace(at, function=self.source.span(node), conditional=True))

    # Variables.

    def _define(self, name: str, start: int, at: _At, *, certain: bool, value: Word | None = None) -> None:
        sure = certain and not (at.conditional or at.repeated or at.function)
        self.definitions.append(Definition(name, start, at.scope, value, sure))

    def _value(self, assignment: Any, at: _At) -> Word | None:
        value = assignment.child_by_field_name("value")
        if value is None:
            end = self.source.span(assignment)[1]
            return Word("", (), end, end)
        self.visit(value, at)
        return None if value.type == "array" else words.word(self.source, value)

    def _variable_assignment(self, node: Any, at: _At) -> None:
        target = node.child_by_field_name("name")
        appended = any(child.type == "+=" for child in node.children)
        if target.type == "subscript":
            self.each(target, replace(at, arithmetic=False)) if target.child_count > 3 else None  # noqa: PLR2004
            target = target.child_by_field_name("name")
        value = self._value(node, at)
        start = self.source.span(target)[0]
        self._define(self.source.of(target), start, at, certain=True, value=None if appended else value)

    def _declaration_command(self, node: Any, at: _At) -> None:
        local = node.children[0].type in {"local", "declare", "typeset"} and at.function is not None
        inner = replace(at, scope=at.function) if local else at
        for _, child in children(node):
            if child.type == "variable_assignment":
                self._variable_assignment(child, inner)
            elif child.type == "variable_name":
                self._define(self.source.of(child), self.source.span(child)[0], inner, certain=False)
            else:
                self.visit(child, at)

    def _simple_expansion(self, node: Any, at: _At) -> None:
        for child in node.children:
            if child.type == "variable_name":
                self._use(child, at)

    def _expansion(self, node: Any, at: _At) -> None:
        operators = {child.type for child in node.children if not child.is_named}
        indirect = any(child.type == "!" for child in node.children)
        for child in node.children:
            named = child.child_by_field_name("name") if child.type == "subscript" else child
            if named.type == "variable_name" and not indirect:
                if not operators & DEFAULTS:
                    self._use(named, at)
                elif operators & SETTING:
                    self._define(self.source.of(named), self.source.span(named)[0], at, certain=False)
                if child.type == "subscript":
                    index = child.child_by_field_name("index")
                    if index is not None:
                        self.visit(index, at)
            elif child.is_named:
                self.visit(child, at)

    def _arithmetic_expansion(self, node: Any, at: _At) -> None:
        self._assigned(node, at)

    def _compound_statement(self, node: Any, at: _At) -> None:
        if node.children and node.children[0].type == "((":
            self._assigned(node, at)
        else:
            self.each(node, at)

    def _assigned(self, node: Any, at: _At) -> None:
        """Arithmetic, in which bare names are variables."""
        for name in variables.assigned(self.source.of(node)):
            self._define(name, self.source.span(node)[0], at, certain=False)
        self.visit(node, replace(at, arithmetic=True)) if node.type in ARITHMETIC else self.each(
            node, replace(at, arithmetic=True)
        )

    def _variable_name(self, node: Any, at: _At) -> None:
        if at.arithmetic:
            self._use(node, at)

    def _unset_command(self, node: Any, at: _At) -> None:
        """`unset NAME` needs no value."""

    def _use(self, node: Any, at: _At) -> None:
        name = self.source.of(node)
        if not name.isdecimal():
            self.uses.append(Use(name, self.source.span(node)[0], at.function is not None))
