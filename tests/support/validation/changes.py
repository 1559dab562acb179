"""What can be done to a manifest's tree: each change returns, for people, where it was and what."""

from __future__ import annotations

import copy
import re
from typing import TYPE_CHECKING

import yaml

from support.validation.finding import choices
from support.validation.trees import field, get, parse, plain, put, quoted, sample, value
from support.validation.words import (
    API_VERSIONS,
    LABELS,
    LIMITS,
    NAMES,
    NOT_ON_CREATE,
    ODD,
    ODD_KEYS,
    QUANTITIES,
    WORDS,
)

if TYPE_CHECKING:
    import random
    from collections.abc import Callable

    from support.validation.finding import Tree
    from support.validation.trees import Schema

RULES = "x-kubernetes-validations"


def grow(tree: Tree) -> str:
    """Add something optional that the schema takes: what nobody thought of in an example."""
    fields = [one for one in tree.absent() if one[2] not in NOT_ON_CREATE]
    if not fields:
        return "nothing to add"
    # First which mapping, then which key: else pod specs, with their many fields, would have it all.
    where = tree.rng.choice(sorted({path for path, *_ in fields}))
    path, holder, key, inner = tree.rng.choice([one for one in fields if one[0] == where])
    put(holder, key, sample(tree.rng, inner))
    return f"add {path}.{key}"


def type_(tree: Tree) -> str:
    spot = tree.any()
    word = tree.rng.choice(WORDS)
    spot.put(parse(word) if word in ("[]", "{}") else plain(word) if word else quoted(""))
    return f"{spot} = {word}"


def enum(tree: Tree) -> str:
    spot = tree.spot_with(lambda inner: bool(choices(inner)))
    if not spot:
        return grow(tree)
    one = str(tree.rng.choice(choices(spot.schema)))
    word = tree.rng.choice((one.upper(), one + "s", one[:-1], "", one, one + " ", tree.rng.choice(WORDS)))
    spot.put(quoted(word))
    return f"{spot} = {word!r}"


def unknown(tree: Tree) -> str:
    holders = [spot for spot in tree.every() if isinstance(spot.node, yaml.MappingNode)]
    spot = tree.rng.choice(holders)
    known = sorted(spot.schema.get("properties", {})) or ["name"]
    key = tree.rng.choice((*known, "x", "a.b", "a[0]"))
    at = tree.rng.randrange(len(key))
    key = tree.rng.choice((key[:at] + key[at + 1 :], key[:at] + "x" + key[at:], key.upper(), key + "s")) or "y"
    put(spot.node, key, tree.rng.choice((plain("x"), parse("{a: b}"), parse("[]"), plain("null"))))
    return f"{spot}.{key}"


def missing(tree: Tree) -> str:
    found = tree.every()
    needed = [spot for spot in found if spot.needed]
    spot = tree.rng.choice(needed or found)
    spot.remove()
    return str(spot)


def remove(tree: Tree) -> str:
    spot = tree.any()
    spot.remove()
    return str(spot)


def duplicate_key(tree: Tree) -> str:
    spot = tree.rng.choice([spot for spot in tree.every() if isinstance(spot.holder, yaml.MappingNode)])
    key, node = spot.holder.value[spot.index]
    other = tree.rng.choice((copy.deepcopy(node), plain("null"), plain("x")))
    spot.holder.value.insert(tree.rng.randint(0, len(spot.holder.value)), (copy.deepcopy(key), other))
    return str(spot)


def duplicate_item(tree: Tree) -> str:
    found = [spot for spot in tree.every() if isinstance(spot.node, yaml.SequenceNode) and spot.node.value]
    if not found:
        return grow(tree)
    spot = tree.rng.choice([one for one in found if one.schema.get("x-kubernetes-list-type")] or found)
    item = copy.deepcopy(tree.rng.choice(spot.node.value))
    for key in spot.schema.get("x-kubernetes-list-map-keys", ())[1:] if tree.rng.random() < 0.5 else ():
        put(item, key, plain("7"))
    spot.node.value.append(item)
    return str(spot)


def rule(tree: Tree) -> str:
    """Change a field that a CEL rule reads, to a value that the rule's text names, or nearly."""
    if tree.rng.random() < 0.5:
        tree.spot_with(lambda inner: RULES in inner)
    pairs = [(one["rule"], spot) for spot in tree.own() for one in spot.schema.get(RULES, ())]
    if not pairs:
        return grow(tree)
    # First which rule, then where: else those of containers, which are many, would have it all.
    text = tree.rng.choice(sorted({text for text, _ in pairs}))
    spot = tree.rng.choice([spot for one, spot in pairs if one == text])
    node, inner = spot.node, spot.schema
    if isinstance(node, yaml.SequenceNode) and node.value:
        if tree.rng.random() < 0.5:
            node.value.append(copy.deepcopy(tree.rng.choice(node.value)))
        node, inner = tree.rng.choice(node.value), spot.schema.get("items", {})
    names = [name for name in re.findall(r"\w+\.(\w+)\b(?!\()", text) if name in inner.get("properties", {})]
    if "additionalProperties" in inner:
        names = _words(text)
    if not names or not isinstance(node, yaml.MappingNode):
        spot.put(_named_in(tree.rng, text, spot.schema))
        return f"{spot} for {text}"
    name = tree.rng.choice(names)
    return f"{spot}.{name} {_vary(tree.rng, node, name, text, field(inner, name))} for {text}"


def default(tree: Tree) -> str:
    """Leave to its default, or set apart from it, what has one: rules see the default."""
    holders = [spot for spot in tree.own() if isinstance(spot.node, yaml.MappingNode)]
    pairs = [
        (spot, key)
        for spot in holders
        for key, inner in spot.schema.get("properties", {}).items()
        if "default" in inner or any("default" in one for one in inner.get("properties", {}).values())
    ]
    if not pairs:
        return grow(tree)
    spot, key = tree.rng.choice(pairs)
    inner = spot.schema["properties"][key]
    put(
        spot.node,
        key,
        tree.rng.choice((sample(tree.rng, inner), parse("{}"), plain("null"), value(inner.get("default", 3)))),
    )
    return f"{spot}.{key}"


def name(tree: Tree) -> str:
    metadata = get(tree.top, "metadata")
    if not isinstance(metadata, yaml.MappingNode):
        put(tree.top, "metadata", parse("{name: a}"))
        return "metadata anew"
    key = tree.rng.choice(("name", "name", "namespace", "generateName"))
    if key == "generateName" and tree.rng.random() < 0.5:
        metadata.value = [pair for pair in metadata.value if pair[0].value != "name"]
    word = tree.rng.choice(NAMES)
    put(metadata, key, tree.rng.choice((quoted(word), quoted(word), plain("7"), plain("null"))))
    return f"metadata.{key} = {word[:70]!r}"


def label(tree: Tree) -> str:
    metadata = get(tree.top, "metadata")
    if not isinstance(metadata, yaml.MappingNode):
        return "no metadata to label"
    kind, key, text = tree.rng.choice(("labels", "annotations")), tree.rng.choice(LABELS), tree.rng.choice(LABELS)
    odd = tree.rng.choice((plain("true"), plain("1"), plain("null"), parse("[]"), quoted("é" * 40)))
    put(metadata, kind, parse("{}"))
    pair = (quoted(key), quoted(text) if tree.rng.random() < 0.7 else odd)
    get(metadata, kind).value.append(pair)
    if tree.rng.random() < 0.2:
        put(metadata, kind, odd)
    return f"metadata.{kind}: {key[:70]!r}: {text[:70]!r}"


def quantity(tree: Tree) -> str:
    spot = tree.spot_with(lambda inner: "x-kubernetes-int-or-string" in inner)
    if not spot:
        return grow(tree)
    word = tree.rng.choice(QUANTITIES)
    spot.put(
        tree.rng.choice(
            (plain(word) if word else quoted(""), quoted(word), plain("1.5"), plain("true"), plain("-3"))
        )
    )
    return f"{spot} = {word!r}"


def limit(tree: Tree) -> str:
    """Step on, or just over, a limit; or leave a pattern or a format."""
    spot = tree.spot_with(lambda inner: bool(LIMITS & inner.keys()))
    if not spot:
        return grow(tree)
    key = tree.rng.choice(sorted(LIMITS & spot.schema.keys()))
    bound = spot.schema[key]
    if key in ("minimum", "maximum"):
        spot.put(plain(str(bound + tree.rng.choice((-1, 0, 1)))))
    elif key in ("minLength", "maxLength"):
        spot.put(quoted(tree.rng.choice("aä") * max(0, min(bound, 70_000) + tree.rng.choice((-1, 0, 1)))))
    elif key in ("minItems", "maxItems"):
        count = max(0, min(bound, 300) + tree.rng.choice((-1, 0, 1)))
        spot.put(value([{"name": f"a{number}"} for number in range(count)]))
    else:
        word = tree.rng.choice(ODD)
        spot.put(quoted(word) if "\n" in word or not word or tree.rng.random() < 0.5 else plain(word))
    return f"{spot} at its {key} {bound!r}"


def null(tree: Tree) -> str:
    spot = tree.any()
    spot.put(
        tree.rng.choice((plain("null"), plain("~"), parse("[null]"), parse("{a: null}"), parse("[]"), parse("{}")))
    )
    return str(spot)


def head(tree: Tree) -> str:
    if tree.rng.random() < 0.5:
        word = tree.rng.choice(API_VERSIONS)
        put(tree.top, "apiVersion", quoted(word))
        return f"apiVersion = {word!r}"
    before = str(getattr(get(tree.top, "kind"), "value", ""))
    word = tree.rng.choice((before.lower(), before + "s", "List", "", before[:-1]))
    put(tree.top, "kind", tree.rng.choice((quoted(word), quoted(word), plain("5"), plain("null"))))
    return f"kind = {word!r}"


def odd_key(tree: Tree) -> str:
    """A key that is no string, in YAML's eyes."""
    spot = tree.rng.choice([spot for spot in tree.every() if isinstance(spot.node, yaml.MappingNode)])
    word = tree.rng.choice((*ODD_KEYS, "-", ""))
    spot.node.value.append(
        (
            plain(word) if word in ODD_KEYS else quoted(word),
            tree.rng.choice((plain("x"), plain("1"), parse("{a: b}"))),
        )
    )
    return f"{spot}: key {word!r}"


def status(tree: Tree) -> str:
    made = tree.rng.choice(
        (
            plain("5"),
            parse("{}"),
            parse("{unknown: 1}"),
            plain("null"),
            sample(tree.rng, field(tree.schema, "status")),
        )
    )
    put(tree.top, "status", made)
    return "status"


CHANGES: dict[str, Callable[[Tree], str]] = {
    "type": type_,
    "unknown": unknown,
    "rule": rule,
    "enum": enum,
    "missing": missing,
    "duplicate key": duplicate_key,
    "name": name,
    "default": default,
    "duplicate item": duplicate_item,
    "limit": limit,
    "null": null,
    "label": label,
    "rule again": rule,
    "quantity": quantity,
    "head": head,
    "remove": remove,
    "odd key": odd_key,
    "status": status,
    "grow": grow,
}
"""What can be done to a tree; each returns, for people, where and what."""


def _vary(rng: random.Random, node: yaml.MappingNode, name: str, text: str, schema: Schema) -> str:
    if get(node, name) is not None and rng.random() < 0.25:
        node.value = [pair for pair in node.value if pair[0].value != name]
        return "is gone"
    put(node, name, _named_in(rng, text, schema) if rng.random() < 0.7 else sample(rng, schema))
    return "varied"


def _named_in(rng: random.Random, text: str, schema: Schema) -> yaml.Node:
    """A value of the schema's type among the literals of a rule, or next to one."""
    if schema.get("type") == "integer":
        return plain(str(int(rng.choice(re.findall(r"\b\d+\b", text) or ["1"])) + rng.choice((-1, 0, 1, 2))))
    words = _words(text)
    if schema.get("type") == "string" and words:
        word = rng.choice(words)
        return quoted(rng.choice((word, word, word.upper(), word + "x", f"a{word}b", "")))
    return sample(rng, schema)


def _words(text: str) -> list[str]:
    """The literals of a rule that are strings."""
    return [one or other for one, other in re.findall(r"'([^']*)'|\"([^\"]*)\"", text)]
