"""The server that verdicts are compared with, and the reading of its answers."""

from __future__ import annotations

import secrets
import shutil
import subprocess

import pytest

from support.pinned_kubectl import pinned_kubectl
from support.validation.apiserver import copy_of_running
from support.validation.verdicts import Answer, difference, flat, parsed

GRAPH = """
apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeployment
metadata: {name: graph}
spec:
  backendFramework: vllm
  components:
    - name: Frontend
      type: frontend
      replicas: 1
    - name: decode
      type: decode
      multinode: {}
      minAvailable: 2
      replicas: 2
""".lstrip()

REFUSED = [
    ("replicas: 1", "replica: 1", {"spec.components.0.replica"}),
    ("{name: graph}", "{name: graph, lables: {}}", {"metadata.lables"}),
    ("backendFramework: vllm", "backendFramework: vLLM", {"spec.backendFramework"}),
    ("replicas: 1", "replicas: one", {"spec.components.0.replicas"}),
    ("name: decode", "name: Frontend", {"spec.components", "spec.components.1"}),
    ("name: decode", "name: frontend", {"spec.components"}),
    ("multinode: {}", "multinode: {nodeCount: 1}", {"spec.components.1.multinode.nodeCount"}),
    ("minAvailable: 2", "minAvailable: 3", {"spec.components.1"}),
    ("  backendFramework: vllm", "  restart: {id: a}", {"spec"}),
    ("- name: Frontend\n      type", "- type", {"spec.components.0.name"}),
    ("{name: graph}", "{name: Graph}", {"metadata.name"}),
    ("{name: graph}", "{labels: {a: b}}", {"metadata.name"}),
    ("{name: graph}", "{name: g, labels: {a: b c}}", {"metadata.labels"}),
    ("{name: graph}", "{name: g, labels: {a: 1}}", {"~metadata.labels"}),
    ("{name: graph}", "7", {"~metadata"}),
    ("kind: DynamoGraphDeployment", "kind: 5", set()),
    ("nvidia.com/v1beta1", "nvidia.com/v1", set()),
    ("kind: DynamoGraphDeployment", "kind: DynamoGraph", set()),
    ("spec:", "spec: [", set()),
]


@pytest.mark.apiserver
@pytest.mark.parametrize(("right", "wrong", "paths"), REFUSED, ids=[wrong.strip() for _, wrong, _ in REFUSED])
def test_a_refusal_names_its_fields(server, right, wrong, paths):
    assert right in GRAPH
    answer = server(GRAPH.replace(right, wrong, 1))
    assert not answer.valid, answer.said
    assert answer.paths == paths, answer.said


@pytest.mark.apiserver
def test_a_good_graph_is_taken_and_nothing_is_stored(server, api_server):
    assert server(GRAPH).valid
    assert server(GRAPH).valid  # A second one of that name would be refused, had the first been stored.
    _, answer = api_server.ask("GET", "/apis/nvidia.com/v1beta1/dynamographdeployments")
    assert answer["items"] == []


@pytest.mark.apiserver
@pytest.mark.parametrize(
    ("command", "taken"), [("create", False), ("apply", True), ("apply --server-side", False)]
)
@pytest.mark.parametrize("spec", ["{model: m, nope: null}", "{model: m, workload: {'...': null}}"])
@pytest.mark.usefixtures("server")
def test_an_unknown_null_is_left_out_by_one_command_alone(api_server, command, taken, spec):
    kind = "apiVersion: nvidia.com/v1beta1\nkind: DynamoGraphDeploymentRequest\n"
    manifest = f"{kind}metadata: {{name: a, namespace: default}}\nspec: {spec}\n"
    words = [*command.split(), "--dry-run=server", "--validate=strict", "-f", "-"]
    done = subprocess.run(
        [str(pinned_kubectl()), *api_server.kubectl_options, *words],
        input=manifest,
        capture_output=True,
        text=True,
        check=False,
        timeout=240,
    )
    assert (done.returncode == 0) is taken, done.stderr


@pytest.mark.apiserver
def test_built_in_kinds_and_cluster_wide_ones_have_their_own_addresses(server):
    assert server("apiVersion: v1\nkind: Secret\nmetadata: {name: a, namespace: elsewhere}\n").valid
    assert server("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n").valid
    answer = server("apiVersion: v1\nkind: Secret\nmetadata: {name: a}\nstringdata: {}\n")
    assert answer.paths == {"stringdata"}


@pytest.mark.apiserver
def test_a_key_that_stands_twice_is_known_by_its_line(server):
    answer = server(GRAPH.replace("replicas: 1", "replicas: 1\n      replicas: 1"))
    assert (answer.valid, answer.twice) == (False, {(10, "replicas")})


def test_paths_are_brought_to_one_form():
    assert flat("spec.components[0].name") == "spec.components.0.name"
    assert flat("spec.services[Frontend].replicas") == flat("spec.services.Frontend.replicas")
    assert flat("spec.features....") == "spec.features...."  # The key is three dots.
    assert flat(".spec") == "spec"


def test_an_answer_nobody_foresaw_is_no_verdict():
    with pytest.raises(AssertionError):
        parsed(500, {"message": "etcd is gone"})


def test_ours_may_name_more_but_never_less():
    server = Answer(valid=False, paths=frozenset({"spec.a"}))
    assert not difference(Answer(valid=False, paths=frozenset({"spec.a", "spec.b"})), server)
    assert "['spec.a']" in difference(Answer(valid=False, paths=frozenset({"spec.b"})), server)
    assert "ours says valid" in difference(Answer(valid=True), server)
    assert "the server valid" in difference(Answer(valid=False), Answer(valid=True))
    twice = Answer(valid=False, twice=frozenset({(3, "a")}))
    assert not difference(twice, twice)
    assert not difference(Answer(valid=False, twice=frozenset({(2, "a")})), twice)
    assert "twice" in difference(Answer(valid=False, twice=frozenset({(4, "a")})), twice)


def test_go_fields_have_no_indices_and_no_keys_of_maps():
    server = Answer(valid=False, paths=frozenset({"~metadata.ownerReferences.uid"}))
    assert not difference(Answer(valid=False, paths=frozenset({"metadata.ownerReferences.0.uid"})), server)
    assert difference(Answer(valid=False, paths=frozenset({"metadata.ownerReferences.0.name"})), server)


def test_a_running_programs_file_can_be_copied(tmp_path):
    """As it is done in a node whose image was pulled."""
    name = f"bash-{secrets.token_hex(4)}"  # A name that no other test's program has, which may end at any time.
    program = shutil.copy(str(shutil.which("bash")), tmp_path / name)
    (tmp_path / "copy").mkdir()
    with subprocess.Popen([program, "-c", "read LINE"], stdin=subprocess.PIPE) as process:
        copy = copy_of_running(name, (), tmp_path / "copy")
        process.kill()
    done = subprocess.run([copy, "--version"], capture_output=True, text=True, check=True)
    assert "bash" in done.stdout
    with pytest.raises(subprocess.CalledProcessError):
        copy_of_running("no-such-program", (), tmp_path)
