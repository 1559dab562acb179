# Dynamo's frontend and mocker on a CPU. Layers stand in the order of how rarely they change.
ARG BASE
FROM ${BASE}
ARG PYTHON
ARG RUNTIME
ADD site-packages.tar /usr/local/lib/python${PYTHON}/dist-packages/
RUN python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash "/usr/local/lib/python${PYTHON}/dist-packages"
COPY dynamo_mock/model.py /opt/make_model.py
RUN python3 /opt/make_model.py /opt/huggingface
COPY dynamo_mock/ /usr/local/lib/python${PYTHON}/dist-packages/dynamo_mock/
COPY dynamo_mock/backend_main.py /usr/local/lib/python${PYTHON}/dist-packages/dynamo/vllm/__main__.py
COPY dynamo_mock/backend_main.py /usr/local/lib/python${PYTHON}/dist-packages/dynamo/sglang/__main__.py
COPY dynamo_mock/backend_main.py /usr/local/lib/python${PYTHON}/dist-packages/dynamo/trtllm/__main__.py
# HF_HUB_CACHE goes before HF_HOME: a manifest that mounts a model cache and sets HF_HOME still finds the model.
ENV DYNAMO_DOCS_MOCK=1 HF_HUB_OFFLINE=1 HF_HUB_CACHE=/opt/huggingface/hub
LABEL org.opencontainers.image.title="Dynamo runtime, mock" \
      org.opencontainers.image.description="Dynamo's frontend and mocker engine on a CPU: no GPU, no model weights" \
      org.opencontainers.image.version="${RUNTIME}" \
      dev.dynamo-docs.mock="true"
WORKDIR /workspace
USER 1000:1000
