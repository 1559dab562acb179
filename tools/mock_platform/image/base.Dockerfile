# Debian with Python: the layers that both images share.
FROM scratch AS unpacked
ADD rootfs.tar /
ARG PYTHON
# The packages were unpacked, not configured: what their scripts would have written is written here, and what they
# brought for tools that never run (perl, dpkg, character sets, other languages) goes. Bytecode is made once, not at
# each start of each container, which may not write it down.
RUN printf 'root:x:0:0:root:/root:/bin/bash\ndynamo:x:1000:1000::/home/dynamo:/bin/bash\n' > /etc/passwd \
 && printf 'root:x:0:\ndynamo:x:1000:\n' > /etc/group \
 && cat /usr/share/ca-certificates/mozilla/*.crt > /etc/ssl/certs/ca-certificates.crt \
 && rm -rf /usr/lib/*/perl* /usr/lib/*/libperl* /usr/share/perl* /usr/bin/perl* /usr/lib/*/gconv \
           /usr/share/bash-completion /usr/share/zoneinfo /var/lib/dpkg /var/lib/apt /var/cache/apt \
           /usr/lib/python3*/pydoc_data /usr/lib/python3*/test /usr/lib/python3*/lib2to3 \
 && python3 -m compileall -q -j 0 --invalidation-mode unchecked-hash "/usr/lib/python${PYTHON}"

FROM scratch
COPY --from=unpacked / /
RUN install -d -o 1000 -g 1000 /home/dynamo /workspace
ENV LANG=C.UTF-8 PYTHONUNBUFFERED=1
