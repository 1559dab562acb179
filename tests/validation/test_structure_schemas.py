"""Sets of schemas: what is found, what is explained, and a cache that nothing can spoil."""

from __future__ import annotations

import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
import yaml

from dynamo_api.release_table import kept
from dynamo_crd.schemas import compile as compiler
from dynamo_crd.schemas import release_schemas
from groundwork.base.errors import UserError
from groundwork.base.paths import root
from groundwork.base.problems import Stage
from kube_manifests.schemas import schema_cache
from kube_manifests.schemas.schemas import identity
from kube_manifests.structure import structure

HERE = Path(__file__).parent
GRAPH = ("nvidia.com/v1beta1", "DynamoGraphDeployment")


@pytest.fixture
def cache(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "dynamo-docs" / "schemas"


@pytest.fixture(scope="module")
def schemas():
    return release_schemas.of_release()


def graph(**changes):
    return {
        "apiVersion": GRAPH[0],
        "kind": GRAPH[1],
        "metadata": {"name": "a"},
        "spec": {"components": [{"name": "a", "type": "worker"}], **changes},
    }


def test_a_schema_is_found_with_what_is_known_of_its_version(schemas):
    schema = schemas.find(*GRAPH)
    assert (schema.group, schema.version, schema.kind, schema.api_version) == (
        "nvidia.com", "v1beta1", "DynamoGraphDeployment", "nvidia.com/v1beta1",
    )  # fmt: skip
    assert schema.status_subresource
    assert schema.namespaced
    assert not schema.builtin
    assert schemas.find(*GRAPH) is schema
    scaled = schemas.find("nvidia.com/v1beta1", "DynamoGraphDeploymentScalingAdapter")
    assert scaled.replicas_paths == (("spec", "replicas"),)


def test_words_are_left_out_and_equal_parts_are_one(schemas):
    schema = schemas.find(*GRAPH)
    assert "description" not in schema.root
    assert "description" not in schema.root["properties"]["spec"]
    pod = schema.root["properties"]["spec"]["properties"]["components"]["items"]["properties"]["podTemplate"]
    containers = pod["properties"]["spec"]["properties"]
    assert (
        containers["containers"]["items"]["properties"]["env"]
        is containers["initContainers"]["items"]["properties"]["env"]
    )


@pytest.mark.parametrize(
    ("api_version", "kind", "path", "code", "hint"),
    [
        ("nvidia.com/v1", "DynamoGraphDeployment", "apiVersion", "unknown-version", "nvidia.com/v1beta1"),
        ("nvidia.com/v1beta1", "DynamoGraphDeploymnt", "kind", "unknown-kind", "'DynamoGraphDeployment'"),
        ("nvidia.io/v1beta1", "DynamoGraphDeployment", "apiVersion", "unknown-kind", "'nvidia.com/v1beta1'"),
        ("nvidia.com/v1beta1", "Deployment", "apiVersion", "unknown-kind", "'apps/v1'"),
        ("v1", "Deployment", "apiVersion", "unknown-kind", "'apps/v1'"),
        ("apps/v1", "Service", "apiVersion", "unknown-kind", "'v1'"),
        ("app/v1", "Deployment", "apiVersion", "unknown-kind", "'apps/v1'"),
        ("extensions/v1beta1", "Deployment", "apiVersion", "unknown-kind", "'apps/v1'"),
        ("extensions/v1beta1", "Ingress", "apiVersion", "unknown-kind", "'networking.k8s.io/v1'"),
        ("apps/v1beta2", "Deployment", "apiVersion", "unknown-version", "apps/v1"),
        ("v1", "Servise", "kind", "unknown-kind", "'Service'"),
        ("a/b/c", "X", "apiVersion", "unknown-version", "GROUP/VERSION"),
        ("", "Service", "apiVersion", "unknown-version", "GROUP/VERSION"),
    ],
)  # fmt: skip
def test_what_no_server_has_is_explained(schemas, api_version, kind, path, code, hint):  # noqa: PLR0917
    assert schemas.find(api_version, kind) is None
    problem = schemas.explain(api_version, kind)
    assert (problem.path, problem.code) == ((path,), code)
    assert hint in problem.hint


@pytest.mark.parametrize(
    ("api_version", "kind"),
    [
        ("monitoring.coreos.com/v1", "ServiceMonitor"),
        ("serving.knative.dev/v1", "Service"),
        ("kustomize.config.k8s.io/v1beta1", "Kustomization"),
        ("gateway.networking.k8s.io/v1", "HTTPRoute"),
    ],
)
def test_kinds_of_other_projects_are_not_checked(schemas, api_version, kind):
    assert schemas.find(api_version, kind) is None
    assert schemas.explain(api_version, kind) is None


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"apiVersion": "v1", "kind": "Pod"}, ("v1", "Pod")),
        ({"apiversion": "v1", "kind": "Pod"}, [("apiVersion",)]),
        ({"kind": 1}, [("apiVersion",), ("kind",)]),
        ([], [()]),
        (None, [()]),
        ({"apiVersion": None, "kind": ""}, [("apiVersion",), ("kind",)]),
    ],
)
def test_identity(value, expected):
    found = identity(value)
    assert (found if isinstance(found, tuple) else [one.path for one in found]) == expected


def test_crds_of_a_folder_and_of_a_cluster(cache, tmp_path):
    crd = yaml.safe_load((HERE / "probe-crd.yaml").read_text(encoding="utf-8"))
    (tmp_path / "crds").mkdir()
    (tmp_path / "crds" / "a.yaml").write_text(yaml.safe_dump(crd), encoding="utf-8")
    for _ in range(2):  # compiled, then from the cache
        for made in (release_schemas.of_folder(tmp_path / "crds"), release_schemas.of_cluster({"items": [crd]})):
            schema = made.find("probe.example.com/v1", "Thing")
            assert schema.replicas_paths == (("spec", "i"),)
            assert made.find("v1", "Pod").builtin
            assert made.explain(*GRAPH).code == "unknown-kind"
    assert cache.is_dir()
    with pytest.raises(UserError, match="no folder"):
        release_schemas.of_folder(tmp_path / "none")
    with pytest.raises(UserError, match="no CustomResourceDefinition"):
        release_schemas.of_folder(tmp_path)
    with pytest.raises(UserError, match="no CustomResourceDefinition"):
        release_schemas.of_cluster({"items": []})
    with pytest.raises(UserError, match=r"things.probe.example.com is not a valid CustomResourceDefinition"):
        release_schemas.of_crds([{**crd, "spec": {"versions": [{}]}}])


def test_unserved_versions_are_not_found():
    crd = yaml.safe_load((HERE / "probe-crd.yaml").read_text(encoding="utf-8"))
    (version,) = crd["spec"]["versions"]
    crd["spec"]["versions"] = [
        {**version, "name": name, "served": name != "v2", "deprecated": name == "v1alpha1"}
        for name in ("v1alpha1", "v2", "v1beta2", "v1beta1", "v1")
    ]
    made = release_schemas.of_crds([crd])
    assert made.find("probe.example.com/v2", "Thing") is None
    assert made.versions("probe.example.com", "Thing") == ("v1", "v1beta2", "v1beta1", "v1alpha1")
    assert "deprecated" in made.find("probe.example.com/v1alpha1", "Thing").deprecated
    assert made.find("probe.example.com/v1", "Thing").deprecated is None


def test_the_second_time_nothing_is_compiled(cache, monkeypatch):
    wanted = [GRAPH, ("apps/v1", "Deployment")]
    first = [release_schemas.of_release().find(*one).root for one in wanted]
    assert len(list(cache.rglob("*.json"))) > 3
    monkeypatch.setattr(compiler, "crds", None)
    monkeypatch.setattr("dynamo_crd.schemas.kubernetes.definitions", None)
    again = release_schemas.of_release()
    for one, root_ in zip(wanted, first, strict=True):
        found = again.find(*one)
        assert json.dumps(found.root["properties"]["spec"], sort_keys=True) == json.dumps(
            root_["properties"]["spec"], sort_keys=True
        )


@pytest.mark.usefixtures("cache")
def test_a_warm_process_imports_neither_the_compiler_nor_yaml_nor_jsonschema():
    release_schemas.of_release().find(*GRAPH)
    kept.table()  # Read once; this process has it from another cache.
    code = (
        "import sys\n"
        "from kube_manifests.structure import structure\n"
        "from dynamo_crd.schemas import release_schemas\n"
        f"schema = release_schemas.of_release().find(*{GRAPH!r})\n"
        f"assert structure.check({graph()!r}, schema)[1] == []\n"
        "print(sorted({one.partition('.')[0] for one in sys.modules} & "
        "{'yaml', 'jsonschema', 'kubernetes', 'mkdocs', 'kubernetes_validate', 'tomllib', 'difflib'}"
        " | {one for one in sys.modules if one == 'dynamo_crd.schemas.compile'}))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=root() / "tools"
    )
    assert (done.stdout, done.stderr) == ("[]\n", "")


@pytest.mark.parametrize("spoil", [b"", b"x", b"{}", None], ids=["empty", "garbage", "no checksum", "cut short"])
def test_a_spoilt_cache_is_made_again(cache, spoil):
    sound = {}
    for _ in range(2):
        made = release_schemas.of_release()
        assert structure.check(graph(), made.find(*GRAPH))[1] == []
        assert made.find("v1", "Pod") is not None
        files = {path: path.read_bytes() for path in cache.rglob("*.json")}
        assert not sound or files == sound
        sound = files
        for path, data in files.items():
            path.write_bytes(data[:-5] if spoil is None else spoil)


def test_a_cache_that_cannot_be_written_is_done_without(tmp_path, monkeypatch):
    (tmp_path / "cache").write_text("a file, not a folder", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    made = release_schemas.of_release()
    assert structure.check(graph(), made.find(*GRAPH))[1] == []
    assert made.find("v1", "Pod") is not None


def test_many_at_once_find_whole_files(cache):
    wrong = []

    def work():
        for _ in range(3):
            problems = structure.check(graph(), release_schemas.of_release().find(*GRAPH))[1]
            wrong.extend(problems)

    threads = [threading.Thread(target=work) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert wrong == []
    assert [path.name for path in cache.rglob(".*")] == []  # no drafts left behind


def test_a_key_depends_on_where_parts_end():
    assert schema_cache.key([b"ab", b"c"]) != schema_cache.key([b"a", b"bc"])


KUBERNETES = [
    ("apps/v1", "Deployment", {"spec": {"replicas": "1", "selector": {}, "template": {}}}, [("spec", "replicas")]),
    ("apps/v1", "Deployment", {"spec": {"replica": 1, "selector": {}, "template": {}}}, [("spec", "replica")]),
    ("apps/v1", "Deployment", {"spec": {"selector": {}}}, [("spec", "template")]),
    ("apps/v1", "Deployment", {"spec": {"replicas": 2**31, "selector": {}, "template": {}}},
     [("spec", "replicas")]),
    ("v1", "Service", {"spec": {"ports": [{"port": 80, "targetPort": 1.5}]}},
     [("spec", "ports", 0, "targetPort")]),
    ("v1", "Secret", {"data": {"a": "no base64"}}, [("data", "a")]),
    ("v1", "ConfigMap", {"data": {"a": 1}}, [("data", "a")]),
    ("v1", "PersistentVolumeClaim", {"spec": {"resources": {"requests": {"storage": "1GB"}}}},
     [("spec", "resources", "requests", "storage")]),
    ("v1", "Pod", {"spec": {"containers": [{"image": "x", "imagePulPolicy": "Always"}]}},
     [("spec", "containers", 0, "imagePulPolicy"), ("spec", "containers", 0, "name")]),
    ("v1", "Service", {"metadata": {"name": "1a"}}, [("metadata", "name")]),
    ("v1", "Namespace", {"metadata": {"name": "a.b"}}, [("metadata", "name")]),
]  # fmt: skip


@pytest.mark.parametrize(("api_version", "kind", "body", "expected"), KUBERNETES)
def test_kubernetes_own_kinds(schemas, api_version, kind, body, expected):
    value = {"apiVersion": api_version, "kind": kind, "metadata": {"name": "a"}, **body}
    assert [one.path for one in structure.check(value, schemas.find(api_version, kind))[1]] == expected


def test_kubernetes_takes_null_for_absence_and_numbers_for_quantities(schemas):
    pod = {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": "a", "creationTimestamp": None},
        "spec": {
            "containers": [
                {
                    "name": "a",
                    "env": None,
                    "resources": {"limits": {"cpu": 0.5, "memory": "1Gi"}},
                    "command": [None],
                }
            ],
            "volumes": None,
        },
        "status": {},
    }
    assert structure.check(pod, schemas.find("v1", "Pod"))[1] == []
    role = {"apiVersion": "rbac.authorization.k8s.io/v1", "kind": "ClusterRole", "metadata": {"name": "a:b"}}
    assert structure.check(role, schemas.find(role["apiVersion"], role["kind"]))[1] == []
    role["metadata"]["namespace"] = "x"
    (advice,) = structure.check(role, schemas.find(role["apiVersion"], role["kind"]))[1]
    assert advice.stage is Stage.ADVICE


def test_a_schema_that_contains_itself_is_read(schemas):
    crd = yaml.safe_load((HERE / "probe-crd.yaml").read_text(encoding="utf-8"))
    schema = schemas.find("apiextensions.k8s.io/v1", "CustomResourceDefinition")
    assert structure.check(crd, schema)[1] == []
    crd["spec"]["versions"][0]["schema"]["openAPIV3Schema"]["properties"]["spec"]["propertees"] = {}
    (problem,) = structure.check(crd, schema)[1]
    assert problem.path[-1] == "propertees"


@pytest.mark.upstream
@pytest.mark.usefixtures("cache")
def test_upstream_crds_are_read():
    folder = root().parent / "shared" / "upstream" / "crds"
    if not folder.is_dir():
        pytest.skip("../shared/upstream/crds is not there")
    for one in sorted(path for path in folder.iterdir() if path.is_dir()):
        made = release_schemas.of_folder(one)
        for kind in made.kinds("nvidia.com"):
            for version in made.versions("nvidia.com", kind):
                assert made.find(f"nvidia.com/{version}", kind).root["properties"]


@pytest.mark.parametrize(
    ("version", "kind", "code"),
    [
        ("nvidia.com/v1", "ClusterPolicy", None),
        ("nvidia.com/v1alpha1", "NVIDIADriver", None),
        ("nvidia.com/v1alpha1", "DynamoNothing", "unknown-kind"),
        ("nvidia.com/v1beta1", "DynmoGraphDeployment", "unknown-kind"),
        ("nvidia.com/v1alpha1", "DynamoCheckpoint", "unknown-kind"),
        ("apps/v1", "ClusterPolicy", "unknown-kind"),
    ],
)
def test_a_group_may_hold_kinds_of_other_projects(version, kind, code):
    told = release_schemas.of_release().explain(version, kind)
    assert (told and told.code) == code
