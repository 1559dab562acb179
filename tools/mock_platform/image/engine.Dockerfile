# Dynamo's frontend and mocker on a CPU, AIConfigurator's measurements, and the models: what runtime and planner have
# in common.
# Layers stand in the order of how rarely they change.
ARG BASE
FROM ${BASE}
ARG PYTHON
ADD site-packages.tar /usr/local/lib/python${PYTHON}/dist-packages/
COPY backend_main.py /usr/local/lib/python${PYTHON}/dist-packages/dynamo/vllm/__main__.py
COPY backend_main.py /usr/local/lib/python${PYTHON}/dist-packages/dynamo/sglang/__main__.py
COPY backend_main.py /usr/local/lib/python${PYTHON}/dist-packages/dynamo/trtllm/__main__.py
# After these: bytecode is not checked against its source any more.
RUN python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash "/usr/local/lib/python${PYTHON}/dist-packages"
COPY model.py /opt/make_model.py
RUN python3 /opt/make_model.py /opt/huggingface
# HF_HUB_CACHE goes before HF_HOME: a manifest that mounts a model cache and sets HF_HOME still finds the model.
ENV DYNAMO_DOCS_MOCK=1 DYNAMO_DOCS_GPU=h100_sxm HF_HUB_OFFLINE=1 HF_HUB_CACHE=/opt/huggingface/hub
WORKDIR /workspace
