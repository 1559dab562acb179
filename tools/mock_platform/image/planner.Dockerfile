# The profiler and the planner: the engine image, AIConfigurator with its measurements, the profiler's templates.
ARG ENGINE
FROM ${ENGINE}
ARG PYTHON
ARG RUNTIME
# A folder of their own: compiling the engine image's packages once more would store them once more.
# Not plotly: thousands of modules, of which the planner loads a few.
ADD site-packages.tar /opt/planner-packages/
RUN python3 -m compileall -q -j 0 -x /plotly/ --invalidation-mode unchecked-hash /opt/planner-packages \
 && echo /opt/planner-packages > "/usr/local/lib/python${PYTHON}/dist-packages/planner-packages.pth"
# Apart from the other code: these files alone decide what is predicted, which takes the longest.
COPY predictions/ /tmp/predictions/dynamo_mock/
RUN PYTHONPATH=/tmp/predictions python3 -m dynamo_mock.make_predictions /opt/predictions && rm -r /tmp/predictions
COPY dynamo_deployment.py /usr/local/lib/python${PYTHON}/dist-packages/deploy/utils/dynamo_deployment.py
COPY examples/ /workspace/examples/
COPY dynamo_mock/ /usr/local/lib/python${PYTHON}/dist-packages/dynamo_mock/
LABEL org.opencontainers.image.title="Dynamo profiler and planner, mock" \
      org.opencontainers.image.description="Dynamo's profiler with AIConfigurator, and all of the mock runtime" \
      org.opencontainers.image.version="${RUNTIME}" \
      dev.dynamo-docs.mock="true"
USER 1000:1000
