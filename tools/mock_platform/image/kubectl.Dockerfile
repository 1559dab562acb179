# Stands in for bitnami/kubectl: a shell, the usual text tools, kubectl.
ARG BASE
FROM ${BASE}
# bash as `sh`, as in the image that this one stands in for: scripts written for it set pipefail.
RUN ln -sf bash /bin/sh && ln -s mawk /usr/bin/awk
COPY kubectl /usr/local/bin/kubectl
LABEL org.opencontainers.image.title="kubectl, stand-in" \
      dev.dynamo-docs.mock="true"
USER 1000:1000
CMD ["kubectl"]
