"""The walk through a syntax tree as far as variables go: where they are set, where their values are taken."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from docs_test.shellcode import variables, words
from docs_test.shellcode.model import Definition, Use, Word
from docs_test.shellcode.syntax import Code, children

if TYPE_CHECKING:
    from collections.abc import Callable

SUBSHELLS = frozenset({"subshell", "command_substitution", "process_substitution"})
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
class At:
    """Where in the code the walk is."""

    scope: tuple[int, int] | None = None
    """Range of the innermost subshell."""
    function: tuple[int, int] | None = None
    repeated: bool = False
    conditional: bool = False
    tested: bool = False
    arithmetic: bool = False


@dataclass(slots=True)
class VariableWalk:
    """Collects variables; a method `_NODE` is for the nodes of that type."""

    source: Code
    uses: list[Use] = field(default_factory=list)
    definitions: list[Definition] = field(default_factory=list)

    def each(self, node: Any, at: At) -> None:
        for _, child in children(node):
            self.visit(child, at)

    def visit(self, node: Any, at: At) -> None:
        kind = node.type
        handler: Callable[[Any, At], object] | None = getattr(self, f"_{kind}", None)
        if kind == "ERROR" or node.is_missing:
            return
        if handler is not None:
            handler(node, at)
        elif kind in SUBSHELLS:
            self.each(node, replace(at, scope=self.source.span(node), tested=False, arithmetic=False))
        else:
            self.each(node, at)

    # Variables.

    def _define(self, name: str, start: int, at: At, *, certain: bool, value: Word | None = None) -> None:
        sure = certain and not (at.conditional or at.repeated or at.function)
        self.definitions.append(Definition(name, start, at.scope, value, sure))

    def _value(self, assignment: Any, at: At) -> Word | None:
        value = assignment.child_by_field_name("value")
        if value is None:
            end = self.source.span(assignment)[1]
            return Word("", (), end, end)
        self.visit(value, at)
        return None if value.type == "array" else words.word(self.source, value)

    def _variable_assignment(self, node: Any, at: At) -> None:
        target = node.child_by_field_name("name")
        appended = any(child.type == "+=" for child in node.children)
        if target.type == "subscript":
            self.each(target, replace(at, arithmetic=False)) if target.child_count > 3 else None  # noqa: PLR2004
            target = target.child_by_field_name("name")
        value = self._value(node, at)
        start = self.source.span(target)[0]
        self._define(self.source.of(target), start, at, certain=True, value=None if appended else value)

    def _declaration_command(self, node: Any, at: At) -> None:
        local = node.children[0].type in {"local", "declare", "typeset"} and at.function is not None
        inner = replace(at, scope=at.function) if local else at
        for _, child in children(node):
            if child.type == "variable_assignment":
                self._variable_assignment(child, inner)
            elif child.type == "variable_name":
                self._define(self.source.of(child), self.source.span(child)[0], inner, certain=False)
            else:
                self.visit(child, at)

    def _simple_expansion(self, node: Any, at: At) -> None:
        for child in node.children:
            if child.type == "variable_name":
                self._use(child, at)

    def _expansion(self, node: Any, at: At) -> None:
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

    def _arithmetic_expansion(self, node: Any, at: At) -> None:
        self._assigned(node, at)

    def _compound_statement(self, node: Any, at: At) -> None:
        if node.children and node.children[0].type == "((":
            self._assigned(node, at)
        else:
            self.each(node, at)

    def _assigned(self, node: Any, at: At) -> None:
        """Arithmetic, in which bare names are variables."""
        for name in variables.assigned(self.source.of(node)):
            self._define(name, self.source.span(node)[0], at, certain=False)
        self.visit(node, replace(at, arithmetic=True)) if node.type in ARITHMETIC else self.each(
            node, replace(at, arithmetic=True)
        )

    def _variable_name(self, node: Any, at: At) -> None:
        if at.arithmetic:
            self._use(node, at)

    def _unset_command(self, node: Any, at: At) -> None:
        """`unset NAME` needs no value."""

    def _use(self, node: Any, at: At) -> None:
        name = self.source.of(node)
        if not name.isdecimal():
            self.uses.append(Use(name, self.source.span(node)[0], at.function is not None))
