# The operator stand-in. The code is the last layer: a change of it rebuilds that one alone.
ARG BASE
FROM ${BASE}
ARG PYTHON
ARG OPERATOR
ADD site-packages.tar /usr/local/lib/python${PYTHON}/dist-packages/
RUN python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash "/usr/local/lib/python${PYTHON}/dist-packages"
ENV DYNAMO_DOCS_MOCK=1 PYTHONPATH=/app/tools
LABEL org.opencontainers.image.title="Dynamo operator, stand-in" \
      org.opencontainers.image.version="${OPERATOR}" \
      dev.dynamo-docs.mock="true"
WORKDIR /app
USER 1000:1000
CMD ["python3", "-m", "mock_platform.operator"]
COPY app/ /app/
