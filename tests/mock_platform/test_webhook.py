"""The webhook without a cluster: its answers, its server over real TLS, its certificate."""

from __future__ import annotations

import base64
import copy
import http.client
import json
import socket
import ssl
import time
from typing import TYPE_CHECKING, Any

import pytest

from dynamo_api.facts import installation, kinds, names
from groundwork.base.errors import EnvironmentFault
from groundwork.kube.errors import ApiError
from mock_platform.operator.config import OperatorConfig
from mock_platform.operator.webhook.admission import OPERATOR, review
from mock_platform.operator.webhook.certificates import Pair, holds, make_authority, make_server
from mock_platform.operator.webhook.reviewed import MalformedReviewError
from mock_platform.operator.webhook.server import WebhookServer, answers
from mock_platform.operator.webhook.serving import SERVER_MARGIN, Serving

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

Object = dict[str, Any]
HOST = installation.WEBHOOK_HOST
ANSWERS = answers(OperatorConfig("1.5.0"))


def asked(operation: str = "CREATE", new: Object | None = None, old: Object | None = None) -> Object:
    return {
        "apiVersion": "admission.k8s.io/v1",
        "kind": "AdmissionReview",
        "request": {"uid": "u-1", "operation": operation, "object": new, "oldObject": old},
    }


def request(**spec: Any) -> Object:
    return {
        "apiVersion": "nvidia.com/v1beta1",
        "kind": "DynamoGraphDeploymentRequest",
        "metadata": {"name": "bad"},
        "spec": {"model": "Qwen/Qwen3-0.6B", **spec},
    }


def printed(answer: Object) -> str:
    """As kubectl prints the denial: from details and causes."""
    details = answer["response"]["status"]["details"]
    causes = [f"{cause['field']}: {cause['message']}" for cause in details["causes"]]
    return f'The {details["kind"]} "{details["name"]}" is invalid: {"; ".join(causes)}'


# Answers. The fields and reasons are those observed on the real operator.


@pytest.mark.parametrize(
    ("spec", "begins"),
    [
        (
            {"backend": "vllm", "image": "nvcr.io/nvidia/ai-dynamo/dynamo-planner:my-tag"},
            "spec.runtimeVersionOverride: Required value: ",
        ),
        ({"searchStrategy": "thorough", "backend": "auto"}, 'spec.searchStrategy: Invalid value: "thorough": '),
    ],
)
def test_a_denial_is_worded_as_the_api_server_words_it(spec: Object, begins: str) -> None:
    answer = review(asked(new=request(**spec)))
    status = answer["response"]["status"]
    assert answer["response"]["allowed"] is False
    assert (status["code"], status["reason"]) == (422, "Invalid")
    assert printed(answer).startswith(f'The DynamoGraphDeploymentRequest "bad" is invalid: {begins}')
    assert status["message"].startswith('DynamoGraphDeploymentRequest.nvidia.com "bad" is invalid: ' + begins)


def test_an_answer_names_the_request_and_all_faults(facts: Object) -> None:
    graph = facts["graph"]
    assert review(asked(new=graph))["response"] == {"uid": "u-1", "allowed": True}
    for component in graph["spec"]["components"]:
        component["podTemplate"]["spec"]["containers"][0]["image"] = "x:latest"
    answer = review(asked(new=graph))["response"]
    assert answer["uid"] == "u-1"
    reasons = [cause["reason"] for cause in answer["status"]["details"]["causes"]]
    assert reasons == ["FieldValueRequired"] * 2
    assert answer["status"]["message"].count("runtimeVersionOverride") == 2


def test_what_only_the_profiler_refuses_is_allowed() -> None:
    spec = {"backend": "vllm", "image": "dynamo-planner:1.5.0", "workload": {"concurrency": 4, "requestRate": 2}}
    assert review(asked(new=request(**spec)))["response"]["allowed"] is True


def test_what_a_default_install_lacks_is_refused(facts: Object) -> None:
    facts["graph"]["spec"]["components"][1]["multinode"] = {"nodeCount": 2}
    assert review(asked(new=facts["graph"]))["response"]["allowed"] is True, "the real one accepts it, too"
    facts["graph"]["spec"]["components"][1] |= {"type": "epp", "multinode": None, "eppConfig": {"config": {}}}
    assert "spec.components[1].type: Forbidden" in printed(review(asked(new=facts["graph"])))


def test_a_change_is_held_to_what_was() -> None:
    old = {**request(backend="vllm"), "status": {"phase": "Deployed"}}
    answer = review(asked("UPDATE", request(backend="vllm", sla={"ttft": 1}), old))
    assert "is invalid: spec: Forbidden: " in printed(answer)
    assert review(asked("UPDATE", request(backend="vllm"), old))["response"]["allowed"] is True
    assert review(asked("DELETE", None, old))["response"]["allowed"] is True


def test_what_1_5_made_immutable_does_not_change(facts: Object) -> None:
    old = facts["graph"]
    old["metadata"]["annotations"] = {names.WORKLOAD_PROVIDER: "component"}
    old["spec"]["components"][1]["multinode"] = {"nodeCount": 2}
    new = copy.deepcopy(old)
    assert review(asked("UPDATE", new, old))["response"]["allowed"] is True
    new["spec"]["components"][1]["multinode"] = {"nodeCount": 3}
    assert "spec.components[1].multinode.nodeCount: Invalid value: 3: " in printed(
        review(asked("UPDATE", new, old))
    )
    moved = copy.deepcopy(old)
    moved["metadata"]["annotations"] = {names.WORKLOAD_PROVIDER: "grove"}
    refused = f'metadata.annotations[{names.WORKLOAD_PROVIDER}]: Invalid value: "grove": '
    assert refused in printed(review(asked("UPDATE", moved, old)))


@pytest.mark.parametrize(
    ("user", "allowed"),
    [
        ("kubernetes-admin", False),
        ("", False),
        ("system:serviceaccount:demo:default", False),
        ("system:serviceaccount:demo:planner-serviceaccount", True),
        ("system:serviceaccount:dynamo-system:dynamo-platform-dynamo-operator-controller-manager", True),
        ("system:serviceaccount:demo:dynamo-platform-dynamo-operator-controller-manager", False),
        ("someone:planner-serviceaccount", False),
    ],
)
def test_who_may_change_replicas_that_an_adapter_holds(facts: Object, user: str, allowed: bool) -> None:  # noqa: FBT001
    old = facts["graph"]
    old["spec"]["components"][1]["scalingAdapter"] = {}
    new = copy.deepcopy(old)
    new["spec"]["components"][1]["replicas"] = 7
    question = asked("UPDATE", new, old)
    question["request"]["userInfo"] = {"username": user}
    answer = review(question)
    assert answer["response"]["allowed"] is allowed
    if not allowed:
        assert "is invalid: spec.components[1].replicas: Forbidden: " in printed(answer)


@pytest.mark.parametrize(
    ("user", "allowed"),
    [(OPERATOR, True), ("kubernetes-admin", False), ("", False)],
)
def test_only_the_operator_writes_the_provider_into_a_graph(facts: Object, user: str, *, allowed: bool) -> None:
    new = copy.deepcopy(facts["graph"])
    new["metadata"]["annotations"] = {names.WORKLOAD_PROVIDER: "component"}
    question = asked("UPDATE", new, facts["graph"])
    question["request"]["userInfo"] = {"username": user}
    assert review(question)["response"]["allowed"] is allowed
    assert review(asked(new=new))["response"]["allowed"] is True, "a new graph may bring it"


def test_a_request_without_an_image_gets_the_profiler_s() -> None:
    def patched(spec: Object, operation: str = "CREATE") -> list[Object]:
        answer: Any = ANSWERS["/mutate"](asked(operation, request(**spec)))
        response = answer["response"]
        assert response["allowed"] is True
        assert ("patch" in response) == (response.get("patchType") == "JSONPatch")
        found: list[Object] = json.loads(base64.b64decode(response.get("patch", "W10=")))
        return found

    image = "nvcr.io/nvidia/ai-dynamo/dynamo-planner:1.5.0"
    for spec in ({}, {"image": ""}):
        assert patched(spec) == [{"op": "add", "path": "/spec/image", "value": image}]
    assert patched({"image": "x:1.0.0"}) == []
    assert patched({}, "UPDATE") == []
    with pytest.raises(MalformedReviewError):
        ANSWERS["/mutate"]({})


@pytest.mark.parametrize("junk", [None, [], {}, {"apiVersion": "admission.k8s.io/v1beta1"}, {"request": 1}])
def test_what_is_no_review_has_no_answer(junk: Any) -> None:
    with pytest.raises(MalformedReviewError, match=r"admission\.k8s\.io/v1"):
        review(junk)


# The server.


@pytest.fixture(scope="module")
def authority() -> Pair:
    return make_authority("test")


@pytest.fixture
def serve(authority: Pair, tmp_path: Path) -> Iterator[Callable[..., WebhookServer]]:
    servers: list[WebhookServer] = []

    def start(**options: Any) -> WebhookServer:
        server = WebhookServer(options.get("answers") or ANSWERS, 0, "127.0.0.1")
        load(server, authority, tmp_path)
        server.start()
        servers.append(server)
        return server

    yield start
    for server in servers:
        server.shutdown()
        server.server_close()


def load(server: WebhookServer, authority: Pair, folder: Path) -> None:
    made = make_server(authority, [HOST])
    (folder / "crt").write_text(made.certificate)
    (folder / "key").write_text(made.key)
    server.load(folder / "crt", folder / "key")


def connect(server: WebhookServer, authority: str) -> ssl.SSLSocket:
    """As the API server does: the Service's name, the bundle's authority, every check on."""
    context = ssl.create_default_context(cadata=authority)
    context.verify_flags |= ssl.VERIFY_X509_STRICT
    plain = socket.create_connection(("127.0.0.1", server.server_port), timeout=120)
    try:
        return context.wrap_socket(plain, server_hostname=HOST)
    except BaseException:
        plain.close()
        raise


def post(
    server: WebhookServer, authority: str, body: Any, path: str = "/validate?timeout=10s"
) -> tuple[int, Object]:
    connection = http.client.HTTPConnection(HOST)
    connection.sock = connect(server, authority)
    try:
        return send(connection, body, path)
    finally:
        connection.close()


def send(connection: http.client.HTTPConnection, body: Any, path: str = "/validate") -> tuple[int, Object]:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    connection.request("POST", path, content, {"Content-Type": "application/json"})
    response = connection.getresponse()
    return response.status, json.loads(response.read())


def test_reviews_are_answered_over_tls(serve: Any, authority: Pair) -> None:
    status, answer = post(serve(), authority.certificate, asked(new=request(image="x:latest")))
    assert status == 200
    assert answer["response"]["allowed"] is False


def test_a_connection_serves_more_than_one_review(serve: Any, authority: Pair) -> None:
    connection = http.client.HTTPConnection(HOST)
    connection.sock = connect(serve(), authority.certificate)
    used = connection.sock
    for _ in range(2):
        assert send(connection, asked(new=request()))[0] == 200
    assert connection.sock is used
    connection.close()


@pytest.mark.parametrize(
    ("body", "path", "status"),
    [
        (b"{", "/validate", 400),
        (b"[" * 100_000, "/validate", 400),
        ({"request": {}}, "/validate", 400),
        ({}, "/other", 404),
    ],
)
def test_what_cannot_be_answered_is_an_error_not_a_permission(
    serve: Any, authority: Pair, body: Any, path: str, status: int
) -> None:
    assert post(serve(), authority.certificate, body, path)[0] == status


def test_a_body_without_bounds_is_not_read(serve: Any, authority: Pair) -> None:
    with connect(serve(), authority.certificate) as raw:
        raw.sendall(b"POST /validate HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999\r\n\r\n")
        assert raw.recv(100).startswith(b"HTTP/1.1 413 ")


def test_a_failing_review_is_an_error_and_the_next_is_answered(serve: Any, authority: Pair) -> None:
    def fail_once(asked_for: object) -> object:
        if asked_for == {}:
            raise KeyError("unforeseen")
        return {}

    server = serve(answers={"/validate": fail_once})
    assert post(server, authority.certificate, {})[0] == 500
    assert post(server, authority.certificate, {"a": 1}) == (200, {})


def test_who_says_nothing_or_nonsense_keeps_nobody_waiting(serve: Any, authority: Pair) -> None:
    server = serve()
    address = ("127.0.0.1", server.server_port)
    with socket.create_connection(address), socket.create_connection(address) as nonsense:
        nonsense.sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert post(server, authority.certificate, asked(new=request()))[0] == 200


def test_a_new_certificate_is_used_at_once(serve: Any, authority: Pair, tmp_path: Path) -> None:
    server = serve()
    with connect(server, authority.certificate) as before:
        load(server, authority, tmp_path)
        with connect(server, authority.certificate) as after:
            assert before.getpeercert(binary_form=True) != after.getpeercert(binary_form=True)


def test_another_authority_is_not_trusted(serve: Any) -> None:
    with pytest.raises(ssl.SSLCertVerificationError):
        connect(serve(), make_authority("other").certificate)


# The certificate in the cluster.


@pytest.fixture
def installed(api: Any) -> Any:
    """The API server with what the installer puts there."""
    api.create(
        {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": installation.WEBHOOK_SECRET, "namespace": installation.NAMESPACE},
        }
    )
    service = {"name": installation.WEBHOOK_SERVICE, "namespace": installation.NAMESPACE}
    for kind, name in (
        ("ValidatingWebhookConfiguration", installation.VALIDATING_WEBHOOK),
        ("MutatingWebhookConfiguration", installation.DEFAULTING_WEBHOOK),
    ):
        api.create(
            {
                "apiVersion": "admissionregistration.k8s.io/v1",
                "kind": kind,
                "metadata": {"name": name},
                "webhooks": [{"name": name, "clientConfig": {"service": service}} for name in ("a", "b")],
            }
        )
    for name in (kind.definition for kind in kinds.CONVERTED):
        conversion = {"strategy": "Webhook", "webhook": {"clientConfig": {"service": service}}}
        api.create(
            {
                "apiVersion": "apiextensions.k8s.io/v1",
                "kind": "CustomResourceDefinition",
                "metadata": {"name": name},
                "spec": {"conversion": conversion},
            }
        )
    return api


@pytest.fixture
def serving(installed: Any, tmp_path: Path) -> Iterator[Serving]:
    made = Serving(installed, WebhookServer(ANSWERS, 0, "127.0.0.1"), tmp_path)
    yield made
    made.stop()


def secret(api: Any) -> dict[str, str]:
    data = api.named("Secret", installation.WEBHOOK_SECRET)["data"]
    return {name: base64.b64decode(value).decode() for name, value in data.items()}


def store(api: Any, **content: str) -> None:
    data = {name.replace("_", "."): base64.b64encode(value.encode()).decode() for name, value in content.items()}
    api.edit(api.named("Secret", installation.WEBHOOK_SECRET), {"data": data})


def bundles(api: Any) -> list[str]:
    """All that the API server trusts: two webhooks in each configuration, and each conversion."""
    kinds = ("ValidatingWebhookConfiguration", "MutatingWebhookConfiguration")
    clients = [hook["clientConfig"] for kind in kinds for item in api.of_kind(kind) for hook in item["webhooks"]]
    definitions = api.of_kind("CustomResourceDefinition")
    clients += [item["spec"]["conversion"]["webhook"]["clientConfig"] for item in definitions]
    return [base64.b64decode(client["caBundle"]).decode() for client in clients]


def test_a_certificate_is_made_and_trusted(installed: Any, serving: Serving, tmp_path: Path) -> None:
    assert not serving.ready
    serving.ensure()
    assert serving.ready
    made = secret(installed)
    assert bundles(installed) == [made["ca.crt"]] * 8
    assert post(serving.server, made["ca.crt"], asked(new=request()))[0] == 200
    assert (tmp_path / "tls.key").stat().st_mode & 0o077 == 0


def test_what_is_in_line_stays_and_another_start_uses_it(installed: Any, serving: Serving, tmp_path: Path) -> None:
    serving.ensure()
    before = installed.version
    serving.ensure()
    again = Serving(installed, WebhookServer(ANSWERS, 0, "127.0.0.1"), tmp_path)
    again.ensure()
    again.stop()
    assert installed.version == before


def test_a_certificate_near_its_end_is_replaced_under_the_same_authority(installed: Any, serving: Serving) -> None:
    serving.ensure()
    first = secret(installed)
    late = make_server(Pair(first["ca.crt"], first["ca.key"]), [HOST], days=30)
    store(installed, tls_crt=late.certificate, tls_key=late.key)
    serving.ensure()
    now = secret(installed)
    assert now["tls.crt"] not in (first["tls.crt"], late.certificate)
    assert (now["ca.crt"], bundles(installed)[0]) == (first["ca.crt"], first["ca.crt"])
    with connect(serving.server, first["ca.crt"]) as connection:
        assert ssl.DER_cert_to_PEM_cert(connection.getpeercert(binary_form=True) or b"").strip() in now["tls.crt"]


@pytest.mark.parametrize("broken", ["authority ends", "other key", "other name", "nonsense"])
def test_what_does_not_hold_is_made_anew(installed: Any, serving: Serving, authority: Pair, broken: str) -> None:
    other = make_server(authority, ["other.invalid"])
    if broken == "authority ends":
        old = make_authority("old", days=30)
        made = make_server(old, [HOST])
        store(installed, ca_crt=old.certificate, ca_key=old.key, tls_crt=made.certificate, tls_key=made.key)
    elif broken == "other key":
        made = make_server(authority, [HOST])
        store(installed, ca_crt=authority.certificate, ca_key=authority.key)
        store(installed, tls_crt=made.certificate, tls_key=other.key)
    elif broken == "other name":
        store(installed, ca_crt=authority.certificate, ca_key=authority.key)
        store(installed, tls_crt=other.certificate, tls_key=other.key)
    else:
        store(installed, ca_crt="a", ca_key="b", tls_crt="c", tls_key="d")
    serving.ensure()
    assert post(serving.server, bundles(installed)[0], asked(new=request()))[0] == 200


def test_a_bundle_that_somebody_removed_is_put_back(installed: Any, serving: Serving) -> None:
    serving.ensure()
    configuration = installed.named("ValidatingWebhookConfiguration", installation.VALIDATING_WEBHOOK)
    for hook in configuration["webhooks"]:
        del hook["clientConfig"]["caBundle"]
    installed.replace(configuration)
    definition = installed.named("CustomResourceDefinition", kinds.CONVERTED[0].definition)
    del definition["spec"]["conversion"]["webhook"]["clientConfig"]["caBundle"]
    installed.replace(definition)
    serving.ensure()
    assert len(set(bundles(installed))) == 1
    assert len(bundles(installed)) == 8


def test_a_missing_secret_is_said_and_nothing_is_served(api: Any, tmp_path: Path) -> None:
    serving = Serving(api, WebhookServer(ANSWERS, 0, "127.0.0.1"), tmp_path)
    with pytest.raises(ApiError, match="install the platform again"):
        serving.ensure()
    assert not serving.ready
    serving.stop()


def test_failures_are_tried_again(installed: Any, serving: Serving) -> None:
    installed.faults["replace", "ValidatingWebhookConfiguration"] += [ApiError(409, "modified")]
    serving.start()
    installed.wait_for(lambda now: len({*caught(now)}) == 1, "the bundle, at the second try")
    assert serving.healthy
    serving.stop()
    assert not serving.healthy


def caught(api: Any) -> list[str]:
    try:
        return bundles(api)
    except KeyError:
        return []


def test_certificates_end() -> None:
    authority = make_authority("test", days=30)
    server = make_server(authority, [HOST, "localhost"], days=30)
    for host in (HOST, "localhost"):
        assert holds(authority.certificate, server.certificate, host, time.time() + 1)
        assert not holds(authority.certificate, server.certificate, host, time.time() + SERVER_MARGIN)
    assert not holds(authority.certificate, server.certificate, "other", time.time() + 1)


def test_openssl_s_words_are_in_the_error() -> None:
    with pytest.raises(EnvironmentFault, match="openssl"):
        make_server(Pair("nonsense", "nonsense"), [HOST])
