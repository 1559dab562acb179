"""One source gives the CRDs of six releases: what `since`, `until` and `was` do."""

from __future__ import annotations

import re

import pytest

import dynamo_api.releases
from dynamo_crd.__main__ import main
from dynamo_crd.schemas import compile as compiler
from dynamo_crd.schemas import kubernetes, registry, releases
from groundwork.base.errors import UserError

ALL = ("v0.6.1", "v0.7.1", "v1.0.2", "v1.1.0", "main-1.4.0", "main-1.5.0", "v1.5.0", "v1.6.1")
THING = """
kind: DynamoThing
version: v1
since: v0.6.1
storage: true
was: {v1.0.2: {deprecated: soon}}
columns:
  - {name: A, type: string, jsonPath: .a, was: {v0.7.1: {priority: 1}}}
  - {name: B, type: string, jsonPath: .b, since: v1.1.0}
fields:
  spec:
    include: Base
    rules:
      - {rule: always, message: always}
      - {rule: early, message: early, until: v0.7.1}
      - {rule: changed, message: changed, was: {v1.0.2: {rule: other}}}
    fields:
      inherited: {inherit: true, required: false}
      gone: {type: string, until: v1.0.2}
      late: {type: string, since: v1.1.0}
      lateType: {type: list<map<Late>>}
      number: {type: int32, minimum: 3, was: {v0.6.1: {minimum: 1}, v1.0.2: {minimum: 2, maximum: 9}}}
      open: {fields: {inside: {type: string}}, was: {v0.7.1: {fields: {before: {type: string}}, preserve: true}}}
      volume: {type: "k8s:core.v1.Volume"}
types:
  Base: {fields: {inherited: {type: string, required: true}}}
  Late: {since: main-1.4.0, fields: {a: {type: string, since: main-1.5.0}}}
"""


@pytest.fixture
def thing(folder):
    """A function: the version `v1` of a made-up kind, as it was in a release."""
    kinds = folder / "kinds.yaml"
    kinds.write_text(
        kinds.read_text()
        + "  DynamoThing: {plural: dynamothings, shortNames: [dt], was: {v1.0.2: {shortNames: [d]}}}\n"
    )
    (folder / "dynamothing-v1.yaml").write_text(THING)

    def version(release):
        return compiler.crds(release=release, kinds=["DynamoThing"])[0]["spec"]["versions"][0]

    return version


def spec(version):
    return version["schema"]["openAPIV3Schema"]["properties"]["spec"]


@pytest.mark.parametrize(
    ("release", "count"), [("0.6.1", 3), ("1.4.2", 7), ("1.5.0-dev", 7), ("1.5.1", 6), ("1.6.2", 6)]
)
def test_definitions_are_all_that_a_release_installs(release, count):
    found = registry.definitions(release)
    assert len(found) == count
    assert ("dynamocheckpoints.nvidia.com" in found) == (count == 7)
    assert all(re.fullmatch(r"dynamo.*nvidia\.com", name) for name in found), (
        "the pattern of the page on uninstalling"
    )


def test_the_releases_are_those_that_were_read():
    assert releases.names() == ALL


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("v0.7.1", "v0.7.1"),
        ("0.7.1", "v0.7.1"),
        ("main-1.4.0", "main-1.4.0"),
        ("1.4.0-dev", "main-1.4.0"),
        ("1.6.2", "v1.6.1"),
        ("", dynamo_api.releases.named().state),
    ],
)
def test_a_release_is_that_state_whose_crds_hold_for_it(text, name):
    assert releases.named(text) == name


@pytest.mark.parametrize("text", ["0.9.2", "v1.5.2", "0", "V0.7.1", "vmain-1.4.0"])
def test_another_release_is_refused_with_the_list(text):
    with pytest.raises(UserError, match=f"unknown release '{text}' of Dynamo") as caught:
        compiler.crds(release=text)
    assert "one of 0.6.1, 0.7.0, " in caught.value.hint


def test_the_followed_is_what_is_compiled_unless_another_is_asked_for(compiled):
    assert compiler.crds(release=releases.named()) == compiled
    assert compiler.crds(release="v1.1.0") != compiled


@pytest.mark.parametrize(
    ("release", "kinds"),
    [
        ("v0.6.1", {"dgd": "v1alpha1", "dgdr": "v1alpha1", "dcd": "v1alpha1"}),
        ("v0.7.1", {"dgd": "v1alpha1", "dgdr": "v1alpha1", "dcd": "v1alpha1", "dm": "v1alpha1"}),
        (
            "v1.1.0",
            {
                **dict.fromkeys(("dgd", "dcd", "dgdsa", "dm", "dwm"), "v1alpha1"),
                "dgdr": "v1beta1",
            },
        ),
        (
            "main-1.5.0",
            {
                **dict.fromkeys(("dgd", "dgdr", "dcd", "dgdsa"), "v1beta1"),
                **dict.fromkeys(("dm", "dwm"), "v1alpha1"),
            },
        ),
    ],
)
def test_kinds_and_what_each_is_stored_as(release, kinds):
    assert {kind.short_names[0]: kind.storage for kind in registry.kinds(release).values()} == kinds


def test_kinds_and_versions_are_chosen_and_one_of_them_is_stored():
    chosen = {"DynamoGraphDeployment": ["v1alpha1"], "DynamoModel": ["v1alpha1"]}
    made = compiler.crds(kinds=chosen, versions=chosen)
    assert [
        (crd["spec"]["names"]["kind"], [(one["name"], one["storage"]) for one in crd["spec"]["versions"]])
        for crd in made
    ] == [(kind, [("v1alpha1", True)]) for kind in chosen]
    with pytest.raises(ValueError, match="has no kinds"):
        compiler.crds(release="v0.6.1", kinds=["DynamoModel"])
    with pytest.raises(ValueError, match="has no versions"):
        compiler.crds(release="v0.7.1", versions={"DynamoGraphDeployment": ["v1beta1"]})


@pytest.mark.parametrize(
    ("release", "fields"),
    [
        ("v1.0.2", {"gone"}),
        ("v1.1.0", {"late"}),
        ("main-1.4.0", {"late", "lateType"}),
        ("main-1.5.0", {"late", "lateType"}),
    ],
)
def test_a_field_is_there_from_since_to_until_and_with_its_type(thing, release, fields):
    assert set(spec(thing(release))["properties"]) == {"inherited", "number", "open", "volume", *fields}


def test_a_field_of_a_type_that_came_later_still(thing):
    def inside(release):
        return spec(thing(release))["properties"]["lateType"]["items"]["additionalProperties"].get("properties")

    assert (inside("main-1.4.0"), list(inside("main-1.5.0"))) == (None, ["a"])


def test_of_two_was_the_older_speaks(thing):
    found = [spec(thing(release))["properties"]["number"] for release in ALL]
    assert [one["minimum"] for one in found] == [1, 2, 2, 3, 3, 3, 3, 3]
    assert [one.get("maximum") for one in found] == [9, 9, 9, None, None, None, None, None]


def test_fields_as_a_whole_may_have_been_others(thing):
    then, now = (spec(thing(release))["properties"]["open"] for release in ("v0.7.1", "v1.0.2"))
    assert (list(then["properties"]), list(now["properties"])) == (["before"], ["inside"])
    assert then["x-kubernetes-preserve-unknown-fields"]
    assert "x-kubernetes-preserve-unknown-fields" not in now


def test_rules_columns_and_the_version_itself(thing):
    rules = [[rule["rule"] for rule in spec(thing(release))["x-kubernetes-validations"]] for release in ALL]
    assert rules == [
        *[["always", "early", "other"]] * 2,
        ["always", "other"],
        *[["always", "changed"]] * 5,
    ]
    columns = [thing(release)["additionalPrinterColumns"] for release in ("v0.7.1", "v1.0.2", "v1.1.0")]
    assert [[(one["name"], one.get("priority")) for one in row] for row in columns] == [
        [("A", 1)],
        [("A", None)],
        [("A", None), ("B", None)],
    ]
    assert [thing(release).get("deprecationWarning") for release in ("v1.0.2", "v1.1.0")] == ["soon", None]
    assert registry.kinds("v1.0.2")["DynamoThing"].short_names == ("d",)
    assert registry.kinds()["DynamoThing"].short_names == ("dt",)


def test_nothing_of_the_sources_own_keys_reaches_the_api_server(thing):
    text = compiler.text(compiler.crds(release="v0.7.1", kinds=["DynamoThing"])[0])
    assert thing("v0.7.1")
    for key in ("since:", "until:", "was:", "twice:", "x-dynamo"):
        assert key not in text


def test_what_is_inherited_need_not_be_required(thing):
    assert "required" not in spec(thing("main-1.5.0"))


def test_kubernetes_types_are_those_of_the_release(thing):
    def claim(release):
        volume = spec(thing(release))["properties"]["volume"]["properties"]
        return volume["ephemeral"]["properties"]["volumeClaimTemplate"]["properties"]["metadata"]

    metadata = claim("v1.1.0")
    assert metadata == {"type": "object", "description": metadata["description"]}
    assert "labels" in claim("main-1.4.0")["properties"]
    pod = [kubernetes.type_schema("core.v1.PodSpec", releases.build(release))["properties"] for release in ALL]
    assert ["hostnameOverride" in one for one in pod] == [False, False, True, True, True, True, True, True]


def test_first_and_last_release_of_each_field(thing):
    assert thing("main-1.5.0")
    found = compiler.lifetimes("DynamoThing", "v1")
    assert found["spec.gone"] == ("v0.6.1", "v1.0.2")
    assert found["spec.late"] == ("v1.1.0", "v1.6.1")
    assert found["spec.lateType[]{}.a"] == ("main-1.5.0", "v1.6.1")
    assert found["spec.open.before"] == ("v0.6.1", "v0.7.1")
    assert found["spec.volume"] == ("v0.6.1", "v1.6.1")
    assert "spec.volume.name" not in found
    assert compiler.since("DynamoThing", "v1")["spec.gone"] == "v0.6.1"
    with pytest.raises(KeyError):
        compiler.since("DynamoThing", "v2")


@pytest.mark.parametrize("path", ["spec.searchStrategy", "spec.backend", "spec.hardware.gpuSku"])
def test_an_enum_stands_twice_where_it_does_upstream(by_kind, path):
    schema = by_kind["DynamoGraphDeploymentRequest"]["spec"]["versions"][1]["schema"]["openAPIV3Schema"]
    for step in path.split("."):
        schema = schema["properties"][step]
    assert "enum" not in schema
    assert len(schema["allOf"]) == 2
    assert schema["allOf"][0] == schema["allOf"][1] != {"enum": []}


def test_the_command_compiles_and_compares_a_release(tmp_path, capsys):
    assert main(["compile", "--release", "0.7.1", "-o", str(tmp_path)]) == 0
    assert main(["diff", str(tmp_path), "v0.7.1"]) == 0
    capsys.readouterr()
    assert main(["diff", str(tmp_path), "v0.6.1"]) == 1
    assert "dynamomodels.nvidia.com: present: true -> absent" in capsys.readouterr().out
    assert main(["compile", "--release", "0.9"]) == 2
    assert capsys.readouterr().err.startswith(
        "unknown release '0.9' of Dynamo\nhint: did you mean '0.9.1'? one of 0.6.1, "
    )
