"""A real API server takes the CRDs, and refuses with them what it should."""

from __future__ import annotations

import json
import subprocess

import pytest
import yaml

from dynamo_crd.schemas import compile as compiler
from dynamo_crd.schemas import registry, releases
from groundwork.system.progress import Progress
from kind_cluster.tools import ensure_tools
from support.validation.apiserver import running_server

pytestmark = pytest.mark.apiserver

NAMESPACE = "crd-test"
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
      podTemplate:
        spec:
          containers:
            - {name: main, image: "nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.4.2", ports: [{containerPort: 8000}]}
    - name: decode
      type: decode
      multinode: {}
      minAvailable: 2
      replicas: 2
      podTemplate:
        spec:
          containers:
            - name: main
              image: nvcr.io/nvidia/ai-dynamo/vllm-runtime:1.4.2
              resources: {limits: {nvidia.com/gpu: 1, memory: 1.5Gi}}
"""


REQUEST = """
apiVersion: nvidia.com/v1beta1
kind: DynamoGraphDeploymentRequest
metadata: {name: request}
spec:
  model: Qwen/Qwen3-0.6B
  backend: vllm
  workload: {isl: 3000}
  hardware: {gpuSku: h100_sxm}
  overrides:
    dgd: {apiVersion: nvidia.com/v1beta1, kind: DynamoGraphDeployment, spec: {any: thing}}
    profilingJob: {template: {metadata: {labels: {a: b}}, spec: {containers: [{name: profiler}]}}}
"""
FIRST = {
    "DynamoGraphDeployment": "{services: {Frontend: {componentType: frontend, replicas: 1}}}",
    "DynamoGraphDeploymentRequest": "{model: m, backend: vllm, profilingConfig: {profilerImage: i, config: {}}}",
    "DynamoComponentDeployment": "{componentType: worker}",
    "DynamoGraphDeploymentScalingAdapter": "{replicas: 1, dgdRef: {name: g, serviceName: s}}",
    "DynamoModel": "{modelName: m, baseModelName: m}",
}
"""A spec in v1alpha1, by kind."""


@pytest.fixture(scope="module")
def kubectl(server_programs, tmp_path_factory):
    """kubectl on a server of these tests' own: the shared cluster's CRDs are those of the stand-in."""
    program = ensure_tools(Progress()).kubectl
    with running_server(tmp_path_factory.mktemp("crd-server"), server_programs) as server:

        def run(*arguments: str, text: str = "") -> subprocess.CompletedProcess[str]:
            command = [str(program), *server.kubectl_options, "-n", NAMESPACE, *arguments]
            return subprocess.run(command, input=text, capture_output=True, text=True, check=False, timeout=120)

        yield run


@pytest.fixture(scope="module")
def api_server(kubectl):
    """The API server with the CRDs of all kinds and versions established, and a namespace; nothing converts."""
    crds = "---\n".join(compiler.text(crd) for crd in compiler.crds())
    applied = kubectl("apply", "--server-side", "--force-conflicts", "-f", "-", text=crds)
    assert applied.returncode == 0, applied.stderr
    names = [f"crd/{kind.crd_name}" for kind in registry.kinds().values()]
    waited = kubectl("wait", "--for=condition=Established", "--timeout=120s", *names)
    assert waited.returncode == 0, waited.stderr
    made = kubectl("create", "namespace", NAMESPACE)
    assert made.returncode == 0, made.stderr
    return kubectl


def created(kubectl, text, *options):
    return kubectl("create", "--dry-run=server", "--validate=strict", *options, "-f", "-", text=text)


def test_the_crds_are_structural_and_their_names_accepted(api_server):
    for kind in registry.kinds().values():
        crd = json.loads(api_server("get", "crd", kind.crd_name, "-o", "json").stdout)
        conditions = {one["type"]: one["status"] for one in crd["status"]["conditions"]}
        assert conditions["Established"] == "True"
        assert conditions["NamesAccepted"] == "True"
        assert conditions.get("NonStructuralSchema", "False") == "False"
        assert crd["status"]["acceptedNames"]["shortNames"] == list(kind.short_names)
        assert [one["name"] for one in crd["spec"]["versions"]] == list(kind.versions)
        assert crd["status"]["storedVersions"][-1] == kind.storage
        assert crd["spec"]["conversion"] == {"strategy": "None"}


def test_a_good_graph_is_taken_and_its_defaults_filled_in(api_server):
    done = created(api_server, GRAPH, "-o", "json")
    assert done.returncode == 0, done.stderr
    frontend, decode = json.loads(done.stdout)["spec"]["components"]
    assert decode["multinode"] == {"nodeCount": 2}
    assert frontend["podTemplate"]["spec"]["containers"][0]["ports"] == [
        {"containerPort": 8000, "protocol": "TCP"}
    ]


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("replicas: 1", "replica: 1", 'unknown field "spec.components[0].replica"'),
        (
            "image: nvcr",
            "imagee: nvcr",
            'unknown field "spec.components[1].podTemplate.spec.containers[0].imagee"',
        ),
        ("name: graph}", "name: graph, lables: {}}", 'unknown field "metadata.lables"'),
        ("backendFramework: vllm", "backendFramework: vLLM", 'spec.backendFramework: Unsupported value: "vLLM"'),
        ("type: decode", "type: decoder", 'spec.components[1].type: Unsupported value: "decoder"'),
        ("replicas: 1", "replicas: one", "spec.components[0].replicas: Invalid value"),
        ("name: decode", "name: Frontend", 'spec.components[1]: Duplicate value: {"name":"Frontend"}'),
        ("name: decode", "name: frontend", "component names must differ by more than capitals"),
        ("name: decode", "name: de_code", "spec.components[1].name: Invalid value"),
        ("memory: 1.5Gi", "memory: 1.5GB", "resources.limits.memory: Invalid value"),
        ("multinode: {}", "multinode: {nodeCount: 1}", "spec.components[1].multinode.nodeCount: Invalid value"),
        ("minAvailable: 2", "minAvailable: 3", "minAvailable may not be above replicas"),
        ("multinode: {}", "eppConfig: {configMapRef: {key: a}}", "eppConfig is for components of type epp only"),
        ("  backendFramework: vllm", "  restart: {id: a}", "leave spec.restart out when creating"),
        ("- name: main", "- {name: side}\n            - name: main", "a container other than main needs an image"),
        ("  components:", "  components:\n    - {type: worker}", "spec.components[0].name: Required value"),
    ],
)
def test_a_wrong_graph_is_refused_at_the_field(api_server, right, wrong, said):
    assert right in GRAPH
    done = created(api_server, GRAPH.replace(right, wrong, 1))
    assert done.returncode != 0
    assert said in done.stderr


def test_no_more_than_one_endpoint_picker(api_server):
    graph = yaml.safe_load(GRAPH)
    for component in graph["spec"]["components"]:
        component["type"] = "epp"
    done = created(api_server, yaml.safe_dump(graph))
    assert "spec.components: Invalid value" in done.stderr
    assert "no more than one component may be of type epp" in done.stderr


def test_a_good_request_is_taken_and_its_defaults_filled_in(api_server):
    done = created(api_server, REQUEST, "-o", "json")
    assert done.returncode == 0, done.stderr
    spec = json.loads(done.stdout)["spec"]
    assert (spec["searchStrategy"], spec["autoApply"], spec["workload"]) == (
        "rapid",
        True,
        {"isl": 3000, "osl": 1000},
    )
    assert spec["overrides"]["dgd"]["spec"] == {"any": "thing"}
    assert spec["overrides"]["profilingJob"]["template"]["metadata"] == {"labels": {"a": "b"}}


@pytest.mark.parametrize(
    ("right", "wrong", "said"),
    [
        ("  model: Qwen/Qwen3-0.6B", "  image: i", "spec.model: Required value"),
        ("model: Qwen/Qwen3-0.6B", 'model: ""', "spec.model: Invalid value"),
        ("isl:", "ils:", 'unknown field "spec.workload.ils"'),
        ("{name: profiler}", "{nam: profiler}", 'template.spec.containers[0].nam"'),
        (", kind: DynamoGraphDeployment,", ",", "spec.overrides.dgd.kind: Required value"),
    ],
)
def test_a_wrong_request_is_refused_at_the_field(api_server, right, wrong, said):
    assert right in REQUEST
    done = created(api_server, REQUEST.replace(right, wrong, 1))
    assert done.returncode != 0
    assert said in done.stderr


@pytest.mark.parametrize(
    ("right", "wrong", "field", "value"),
    [
        ("backend: vllm", "backend: vLLM", "spec.backend", "vLLM"),
        ("h100_sxm", "h100", "spec.hardware.gpuSku", "h100"),
        ("backend: vllm", "searchStrategy: fast", "spec.searchStrategy", "fast"),
    ],
)
def test_an_enum_that_stands_twice_is_told_once_and_again_as_a_whole(api_server, right, wrong, field, value):
    said = created(api_server, REQUEST.replace(right, wrong, 1)).stderr
    assert said.count(f'{field}: Unsupported value: "{value}"') == 1
    assert f'<nil>: Invalid value: "": "{field}" must validate all the schemas (allOf)' in said


@pytest.mark.parametrize("kind", FIRST)
def test_the_first_version_is_taken_and_warned_of_where_there_is_another(api_server, kind):
    text = f"apiVersion: nvidia.com/v1alpha1\nkind: {kind}\nmetadata: {{name: a}}\nspec: {FIRST[kind]}"
    done = created(api_server, text)
    assert done.returncode == 0, done.stderr
    warning = f"nvidia.com/v1alpha1 {kind} is deprecated; use nvidia.com/v1beta1 {kind}"
    assert (warning in done.stderr) == (len(registry.kinds()[kind].versions) > 1)
    wrong = created(api_server, text.replace("spec: {", "spec: {speck: 1, "))
    assert 'unknown field "spec.speck"' in wrong.stderr


@pytest.mark.parametrize("release", releases.names())
def test_each_release_s_crds_are_structural(api_server, release):
    """Dry run: those of the newest stay."""
    crds = "---\n".join(compiler.text(crd) for crd in compiler.crds(release=release))
    done = api_server("create", "--dry-run=server", "--validate=strict", "-f", "-", text=renamed(crds))
    assert done.returncode == 0, done.stderr
    assert done.stdout.count("created (server dry run)") == len(registry.kinds(release))


def renamed(crds: str) -> str:
    """CRDs of another group, so that they can be created beside those that are there."""
    return crds.replace("nvidia.com", "nvidia.example")


def test_worker_metadata_keeps_what_the_runtime_writes(api_server):
    text = "apiVersion: nvidia.com/v1alpha1\nkind: DynamoWorkerMetadata\nmetadata: {name: w}\nspec: "
    done = created(
        api_server, text + "{data: {endpoints: [{any: thing}]}}", "-o", "jsonpath={.spec.data.endpoints}"
    )
    assert (done.stdout, done.stderr) == ('[{"any":"thing"}]', "")
    assert 'unknown field "spec.date"' in created(api_server, text + "{data: {}, date: {}}").stderr
    assert "spec.data: Required value" in created(api_server, text + "{}").stderr


def test_an_adapter_scales(api_server):
    text = (
        "apiVersion: nvidia.com/v1beta1\nkind: DynamoGraphDeploymentScalingAdapter\nmetadata: {name: scaled}\n"
        "spec: {replicas: 1, dgdRef: {name: none-such, componentName: decode}}"
    )
    made = api_server("apply", "--server-side", "-f", "-", text=text)
    assert made.returncode == 0, made.stderr
    done = api_server("scale", "dgdsa/scaled", "--replicas=3")
    assert done.returncode == 0, done.stderr
    assert api_server("get", "dgdsa", "scaled", "-o", "jsonpath={.spec.replicas}").stdout == "3"
    header = api_server("get", "dgdsa").stdout.splitlines()[0].split()
    assert header == ["NAME", "DGD", "COMPONENT", "REPLICAS", "AGE"]


def test_explain_shows_our_words_and_kubernetes_own(api_server):
    said = api_server("explain", "dgd.spec.components.multinode").stdout
    assert "Nodes of one replica" in said
    said = api_server("explain", "dgd.spec.components.podTemplate.spec.containers.image").stdout
    assert "Container image name." in said
