# Debian with Python: the layers that both images share.
FROM scratch
ADD rootfs.tar /
ARG PYTHON
# Once here, instead of at each start of each container (which may not write it down).
RUN python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash "/usr/lib/python${PYTHON}"
ENV LANG=C.UTF-8 PYTHONUNBUFFERED=1
