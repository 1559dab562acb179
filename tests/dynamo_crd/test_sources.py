"""Mistakes in a source are told with its line; the sources themselves have none, and nothing in them is unused."""

from __future__ import annotations

import pytest

from dynamo_crd.schemas import compile as compiler
from dynamo_crd.schemas import kubernetes, registry, source_files
from dynamo_crd.schemas.entries import read_entry
from dynamo_crd.schemas.schema import Types
from groundwork.base.errors import UserError

COMPONENT = "types-component-v1beta1.yaml"
SHARED = "types-graph.yaml"
GRAPH = "dynamographdeployment-v1beta1.yaml"
REQUEST = "dynamographdeploymentrequest-v1beta1.yaml"
FIRST_REQUEST = "dynamographdeploymentrequest-v1alpha1.yaml"


BREAKAGES = [
    (
        GRAPH,
        "type: list<GraphComponent>",
        "type: list<GraphComponnt>",
        "unknown type 'GraphComponnt'",
        "GraphComponent",
    ),
    (
        GRAPH,
        "priorityClassName: {type: string",
        "priorityClassName: {type: strin",
        "unknown type 'strin'",
        "string",
    ),
    (GRAPH, "maxItems: 25", "maxItem: 25", "unknown key 'maxItem'", "maxItems"),
    (GRAPH, "maxItems: 25", "maxItems: many", "'maxItems' is 'many'", ""),
    (GRAPH, "keys: [name]", "keys: [replicas]", "list-map key 'replicas' must be a required field", ""),
    (GRAPH, "name: {inherit: true", "nam: {inherit: true", "field 'nam' inherits from no field", ""),
    (SHARED, "default: Sequential", "default: Serial", "default 'Serial' is not in the enum", ""),
    (
        GRAPH,
        "k8s:core.v1.EnvVar",
        "k8s:core.v1.EnvVars",
        "Kubernetes has no type 'core.v1.EnvVars'",
        "core.v1.EnvVar",
    ),
    (
        GRAPH,
        "uses: [types-common, types-c",
        "uses: [types-commn, types-c",
        "there is no types-commn.yaml",
        "types-common",
    ),
    (GRAPH, "kind: DynamoGraphDeployment", "kind: DynamoGraph", "belong in a file named", ""),
    (GRAPH, "columns:\n", "colums:\n", "unknown key 'colums'", "columns"),
    (COMPONENT, '"containers[]":', '"containrs[]":', "there is no 'containrs' to add to", ""),
    (COMPONENT, "since: main-1.5.0, doc", "since: main-1.5, doc", "unknown release 'main-1.5'", "main-1.5.0"),
    (
        COMPONENT,
        "minLength: 1, maxLength: 63, p",
        "minLength: 99, maxLength: 63, p",
        "minLength 99 is above maxLength 63",
        "",
    ),
    (COMPONENT, "  ModelRef:\n", "  Failover:\n", "key 'Failover' is twice", ""),
    (COMPONENT, "type: Multinode, doc", "type: Component, doc", "type 'Component' contains itself", ""),
    (SHARED, 'preserve: true, doc: "Merged', 'doc: "Merged', "an object needs 'fields'", ""),
    (COMPONENT, 'message: "job is', 'mesage: "job is', "a rule is a mapping with 'rule'", ""),
    (REQUEST, "enum: [rapid, thorough], twice", "twice", "'twice' is for an entry with an 'enum'", ""),
    (FIRST_REQUEST, "since: v0.7.1, was", "since: 0.7.1, was", "unknown release '0.7.1'", "v0.7.1"),
    (FIRST_REQUEST, "since: v0.7.1, was", "until: v0.8, was", "unknown release 'v0.8'", "v1.0.2"),
    (FIRST_REQUEST, "since: v0.7.1, was", "until: v1.6.1, was", "until the newest release", ""),
    (
        FIRST_REQUEST,
        "since: v0.7.1, was",
        "since: v1.1.0, until: v1.0.2, was",
        "v1.0.2 is before since v1.1.0",
        "",
    ),
    (FIRST_REQUEST, "since: v0.7.1, was", "since: v1.0.2, was", "'was' up to v0.7.1 has no effect", ""),
    (FIRST_REQUEST, "was: {v0.7.1: {default", "was: {v0.7: {default", "unknown release 'v0.7'", "v0.7.1"),
    (FIRST_REQUEST, "was: {v0.7.1: {default", "was: {v1.6.1: {default", "has no effect", ""),
    (FIRST_REQUEST, "v0.7.1: {default: false}", "v0.7.1: {}", "'was' holds {}", ""),
    (FIRST_REQUEST, "v0.7.1: {default: false}", "v0.7.1: {defaults: false}", "unknown key 'defaults'", "default"),
    (FIRST_REQUEST, "v0.7.1: {default: false}", "v0.7.1: {enum: 1}", "'enum' is 1: it takes a value of", ""),
    (FIRST_REQUEST, "v0.7.1: {default: false}", "v0.7.1: {since: v0.6.1}", "'since' cannot change", ""),
    (
        FIRST_REQUEST,
        "{enum: [vllm, sglang",
        "{default: x, enum: [vllm, sglang",
        "default 'x' is not in the enum",
        "",
    ),
    (FIRST_REQUEST, "{storage: true, dep", "{store: true, dep", "unknown key 'store'", "storage"),
    (REQUEST, "was: {v1.0.2: {priority", "was: {v1.0.3: {priority", "unknown release 'v1.0.3'", "v1.0.2"),
    ("kinds.yaml", "[dwm]}", "[dwm], until: v2}", "unknown release 'v2'", "v1.0.2"),
    ("kubernetes.yaml", "{protocol:", "{protocl:", "has no field 'protocl'", ""),
    ("kubernetes.yaml", "core.v1.GRPCAction", "core.v1.GRPCActon", "no type 'core.v1.GRPCActon'", ""),
]


@pytest.mark.parametrize("row", BREAKAGES, ids=[row[2].strip()[:30] for row in BREAKAGES])
def test_a_mistake_is_told_with_its_line(folder, row):
    name, right, wrong, fact, hint = row
    text = (folder / name).read_text()
    assert right in text
    (folder / name).write_text(text.replace(right, wrong, 1))
    with pytest.raises(UserError) as caught:
        compiler.crds()
    assert fact in caught.value.fact
    assert hint in caught.value.hint
    where = caught.value.where
    assert where.file == f"sources/{name}"
    assert wrong.strip().splitlines()[0] in (folder / name).read_text().splitlines()[where.line - 1]


def test_a_version_of_an_unknown_kind_is_told_where_the_kind_is_named(folder):
    kinds = folder / "kinds.yaml"
    kinds.write_text(kinds.read_text().replace("  DynamoWorkerMetadata:", "  DynamoWorkerMeta:"))
    with pytest.raises(UserError, match=r"'DynamoWorkerMetadata' is not in kinds\.yaml") as caught:
        compiler.crds()
    assert str(caught.value.where) == "sources/dynamoworkermetadata-v1alpha1.yaml:1:1"


def test_what_is_no_yaml_is_told_with_a_line(folder):
    path = folder / "dynamoworkermetadata-v1alpha1.yaml"
    path.write_text("kind: DynamoWorkerMetadata\n  version: v1\n")
    with pytest.raises(UserError, match="not YAML") as caught:
        compiler.crds()
    assert str(caught.value.where) == "sources/dynamoworkermetadata-v1alpha1.yaml:2:3"


@pytest.mark.parametrize(
    ("text", "where", "fact"),
    [
        ("- a\n", "1", "a source is a mapping"),
        ("# nothing\n", "1", "a source is a mapping"),
        ("kind: a\nfields: {a: {}, a: {}}\n", "2:17", "key 'a' is twice in one mapping"),
        ("kind: a\n---\nkind: b\n", "3:1", "here begins another"),
        ("kind: [\n", "1:8", "not YAML: the text ends inside"),
    ],
)
def test_what_is_no_source_is_told_at_its_position(tmp_path, text, where, fact):
    (tmp_path / "x.yaml").write_text(text)
    with pytest.raises(UserError, match=fact) as caught:
        source_files.load(tmp_path / "x.yaml")
    assert str(caught.value.where) == f"{tmp_path.name}/x.yaml:{where}"


def test_what_looks_like_a_placeholder_is_no_mistake_of_a_source(tmp_path):
    (tmp_path / "x.yaml").write_text("type: <string>\n")
    assert source_files.load(tmp_path / "x.yaml").data == {"type": "<string>"}


def test_the_command_prints_the_mistake_without_a_traceback(folder, capsys):
    from dynamo_crd.__main__ import main  # noqa: PLC0415 - the command line, used here only

    path = folder / GRAPH
    path.write_text(path.read_text().replace("type: list<GraphComponent>", "type: list<Graph>"))
    line = path.read_text().splitlines().index("        type: list<Graph>") + 1
    assert main(["compile"]) == 2
    assert capsys.readouterr().err.startswith(f"sources/{GRAPH}:{line}:9: unknown type 'Graph'")


def test_a_kind_and_a_version_are_added_by_files_alone(folder):
    kinds = folder / "kinds.yaml"
    kinds.write_text(
        kinds.read_text() + "  DynamoThing: {plural: dynamothings, shortNames: [dt], categories: [all]}\n"
    )
    for version, more in (("v1", "storage: true"), ("v1alpha1", "deprecated: use v1")):
        (folder / f"dynamothing-{version}.yaml").write_text(
            f"kind: DynamoThing\nversion: {version}\n{more}\nsince: v1.0.2\n"
            "fields: {spec: {type: object, preserve: true}}\n"
        )
    webhook = {"strategy": "Webhook", "webhook": {"conversionReviewVersions": ["v1"]}}
    thing = compiler.crds(conversion=webhook)[-1]["spec"]
    assert thing["names"]["categories"] == ["all"]
    assert thing["conversion"] == webhook
    assert [(one["name"], one["storage"], one.get("deprecationWarning")) for one in thing["versions"]] == [
        ("v1", True, None),
        ("v1alpha1", False, "use v1"),
    ]


def test_two_stored_versions_are_refused(folder):
    text = (folder / "dynamoworkermetadata-v1alpha1.yaml").read_text()
    (folder / "dynamoworkermetadata-v1.yaml").write_text(text.replace("version: v1alpha1", "version: v1"))
    with pytest.raises(UserError, match="2 have 'storage: true'"):
        compiler.crds()


def test_every_named_type_is_used():
    named, used = set(), set()
    for source in registry.version_sources():
        types = Types([source, *registry.types_sources(source)])
        for name in source.data["fields"]:
            types.schema(read_entry(source, ("fields", name)))
        named |= set(types._entries)
        used |= set(types._made)
    assert used == named


def test_what_is_added_to_kubernetes_types_is_used():
    kubernetes._named.cache_clear()
    assert compiler.crds()
    built = {f"io.k8s.api.{name}" for name in kubernetes.additions().data}
    before = kubernetes._named.cache_info().misses
    for name in built:
        kubernetes._named(name, kubernetes.newest())
    assert kubernetes._named.cache_info().misses == before, "a type in kubernetes.yaml that no schema reaches"
