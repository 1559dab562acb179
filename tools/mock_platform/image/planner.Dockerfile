# The profiler and the planner: the engine image and the packages that they need.
ARG ENGINE
FROM ${ENGINE}
ARG PYTHON
ARG RUNTIME
# A folder of their own: compiling the engine image's packages once more would store them once more.
# Not plotly and holidays: thousands of modules, of which the planner loads a few.
ADD site-packages.tar /opt/planner-packages/
RUN python3 -m compileall -q -j 0 -x '/(plotly|holidays)/' --invalidation-mode unchecked-hash /opt/planner-packages \
 && echo /opt/planner-packages > "/usr/local/lib/python${PYTHON}/dist-packages/planner-packages.pth"
COPY dynamo_deployment.py /usr/local/lib/python${PYTHON}/dist-packages/deploy/utils/dynamo_deployment.py
COPY dynamo_mock/ /usr/local/lib/python${PYTHON}/dist-packages/dynamo_mock/
# matplotlib, which both load, would look through all fonts at each start.
ENV MPLCONFIGDIR=/opt/matplotlib
RUN python3 -c 'import matplotlib.font_manager' && chown -R 1000:1000 /opt/matplotlib
LABEL org.opencontainers.image.title="Dynamo profiler and planner, mock" \
      org.opencontainers.image.description="Dynamo's profiler with AIConfigurator, and all of the mock runtime" \
      org.opencontainers.image.version="${RUNTIME}" \
      dev.dynamo-docs.mock="true"
USER 1000:1000
