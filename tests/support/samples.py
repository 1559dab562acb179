"""Random objects that a structural schema allows, to try programs on: each field comes up; rules are not asked.

The words are few on purpose, so that names meet: of containers, of resources, of what conversion makes itself.
"""

from __future__ import annotations

import functools
import json
import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from random import Random

Schema = dict[str, Any]

WORDS = (
    *(
        "main",
        "sidecar-frontend",
        "worker",
        "prefill",
        "decode",
        "frontend",
        "a",
        "b",
        "c-1",
        "Frontend",
        "VllmWorker",
    ),
    *("nvidia.com/gpu", "cpu", "memory", "gpu", "amd.com/gpu", "zone", "topology.kubernetes.io/zone", "", "true"),
    *(
        "0",
        "0Gi",
        "1",
        "16Gi",
        "500m",
        "0.5",
        "1.5.0",
        "Ready",
        "all_resources_are_ready",
        "configmap/x",
        "a.b",
        "ü",
    ),
    *("auto", "nvidia.com/v1beta1", "ClusterFirst", "IntraPod", "profiler"),
)
_FREE_KEYS = (
    *("sla", "ttft", "itl", "isl", "osl", "deployment", "modelCache", "pvcName", "modelPathInPvc", "pvcMountPath"),
    *("planner", "hardware", "sweep", "x", "a.b"),
)
_FREE_VALUES = (None, True, False, 0, 1, 4000, 0.5, 500.0, "x", "", "claim")
_CHANCES = (1.0, 0.7, 0.5, 0.4, 0.25, 0.25, 0.25)
_RARELY = 0.1
_MANY = 3


class Samples:
    """Makes random values; `reached` holds the path of each schema that was asked for one."""

    def __init__(self, random: Random) -> None:
        """The same random numbers make the same values."""
        self.random = random
        self.reached: set[str] = set()

    def value(self, schema: Schema, path: str = "", depth: int = 0) -> Any:
        """A value that the schema allows; optional fields are there with a chance that falls with depth.

        Args:
            schema: structural, as in a CustomResourceDefinition.
            path: what `reached` calls it: `spec.components[].name`, `{}` for the values of a map.
            depth: how deep it stands.
        """
        self.reached.add(path)
        kind = "int-or-string" if schema.get("x-kubernetes-int-or-string") else schema.get("type")
        if kind == "object":
            return self._object(schema, path, depth)
        if kind == "array":
            return self._array(schema, path, depth)
        return self.free(1) if kind is None else self._scalar(schema, kind)

    def free(self, depth: int, *, an_object: bool = False) -> Any:
        """Any JSON, nulls included; as where a schema keeps what it does not know."""
        chance = 0.0 if an_object else self.random.random()
        if depth and chance < 0.5:
            keys = self.random.sample(_FREE_KEYS, self.random.randint(0, 5))
            return {key: self.free(depth - 1) for key in keys}
        if depth and chance < 0.6:
            return [self.free(depth - 1) for _ in range(self.random.randint(0, 2))]
        return self.random.choice(_FREE_VALUES)

    def _scalar(self, schema: Schema, kind: str) -> Any:
        if kind == "boolean":
            return self.random.random() < 0.5
        if kind == "integer":
            return self.random.randint(int(schema.get("minimum", 0)), int(schema.get("maximum", 9)))
        if kind == "number":
            return self.random.choice((0, 1, 0.5) if "maximum" in schema else (0, 1, 0.5, 20, 500.0, 81559))
        if kind == "int-or-string" and self.random.random() < 0.5:
            return self.random.randint(0, 9)
        return self._text(schema)

    def _object(self, schema: Schema, path: str, depth: int) -> dict[str, Any]:
        fields = schema.get("properties", {})
        if not fields and schema.get("x-kubernetes-preserve-unknown-fields"):
            made: dict[str, Any] = self.free(3, an_object=True)
            embedded = {
                "apiVersion": "nvidia.com/v1beta1",
                "kind": "DynamoGraphDeployment",
                "metadata": {"name": "x"},
            }
            return made | embedded if schema.get("x-kubernetes-embedded-resource") else made
        if isinstance(schema.get("additionalProperties"), dict):
            names = self.random.sample(WORDS, self.random.randint(0, _MANY))
            return {
                name: self.value(schema["additionalProperties"], path + "{}", depth + 1) for name in names if name
            }
        chance = _CHANCES[depth] if depth < len(_CHANCES) else _RARELY
        return {
            name: self.value(field, f"{path}.{name}", depth + 1)
            for name, field in fields.items()
            if name in schema.get("required", ()) or self.random.random() < chance
        }

    def _array(self, schema: Schema, path: str, depth: int) -> list[Any]:
        low = schema.get("minItems", 0)
        number = self.random.randint(low, max(low, _MANY))
        items = [self.value(schema["items"], path + "[]", depth + 1) for _ in range(number)]
        keys = schema.get("x-kubernetes-list-map-keys", ())
        if not keys and path.rpartition(".")[2] in {"containers", "initContainers", "volumes"}:
            keys = ("name",)  # Rules beyond the schema want their names unique.
        if not keys and schema.get("x-kubernetes-list-type") != "set":
            return items
        told = {
            json.dumps([item.get(key) for key in keys] if keys else item, sort_keys=True): item for item in items
        }
        return list(told.values())

    def _text(self, schema: Schema) -> str:
        enums = [one["enum"] for one in schema.get("allOf", [schema]) if "enum" in one]
        if enums:
            return str(self.random.choice([word for word in enums[0] if all(word in enum for enum in enums)]))
        if schema.get("format") == "date-time":
            return "2026-11-24T12:00:00Z"
        low, high, pattern = schema.get("minLength", 0), schema.get("maxLength", 999), schema.get("pattern", "")
        return self.random.choice(words(low, high, pattern))


@functools.cache
def words(low: int, high: int, pattern: str) -> tuple[str, ...]:
    """Those that a text of these lengths and this pattern may be."""
    return tuple(word for word in WORDS if low <= len(word) <= high and re.search(pattern, word))
