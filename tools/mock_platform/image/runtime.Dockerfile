# Workers and frontend. All but the last layers is the engine image.
ARG ENGINE
FROM ${ENGINE}
ARG PYTHON
ARG RUNTIME
COPY dynamo_mock/ /usr/local/lib/python${PYTHON}/dist-packages/dynamo_mock/
LABEL org.opencontainers.image.title="Dynamo runtime, mock" \
      org.opencontainers.image.description="Dynamo's frontend and mocker engine on a CPU: no GPU, no model weights" \
      org.opencontainers.image.version="${RUNTIME}" \
      dev.dynamo-docs.mock="true"
USER 1000:1000
