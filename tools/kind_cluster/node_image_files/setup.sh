#!/bin/bash
# Turns a Debian root file system into a kind node; runs once, in a container, while the node image is built.
# /in (read-only) holds: files/ (images/base/files of kind's module), bin/ (programs), images/ (tar files).
# What it has to do follows from kind's entrypoint and units and from kubeadm; see node_image.py.
set -euo pipefail

cp -r --no-preserve=mode,ownership /in/files/. /
chmod 0755 /usr/local/bin/entrypoint /usr/local/bin/clean-install /kind /kind/bin /kind/bin/*.sh

# Debian installs these elsewhere than kind's units, its entrypoint and the kubelet look for them.
mkdir -p /opt/cni/bin /usr/local/sbin /etc/kubernetes/manifests
for program in containerd containerd-shim-runc-v2 ctr; do ln -s "/usr/bin/$program" "/usr/local/bin/$program"; done
ln -s /usr/sbin/runc /usr/local/sbin/runc
for plugin in host-local loopback ptp portmap; do ln -s "/usr/lib/cni/$plugin" "/opt/cni/bin/$plugin"; done
install -m 0755 /in/bin/kubeadm /in/bin/kubelet /in/bin/kubectl /usr/bin/
install -D -m 0644 /in/10-ptp.conflist /etc/cni/net.d/10-ptp.conflist
install -D -m 0644 /in/version /kind/version

# Nothing on a node runs Perl, the older shims or the other network plugins; together they are a tenth of the image.
rm -rf /usr/bin/perl* /usr/lib/*-linux-gnu/{perl*,libperl*} /usr/share/perl* \
    /usr/bin/containerd-shim /usr/bin/containerd-shim-runc-v1 /usr/bin/containerd-stress
find /usr/lib/cni -type f ! -name host-local ! -name loopback ! -name ptp ! -name portmap -delete

# A node is no whole machine: of the units that start by default only these three may.
find /lib/systemd/system/*.wants /etc/systemd/system/*.wants -mindepth 1 \
    \( -path '*multi-user.target.wants/*' -o -path '/etc/*' -o -path '*local-fs.target.wants/*' \
    -o -path '*basic.target.wants/*' -o -name '*udev*' -o -name '*initctl*' \
    -o -name systemd-tmpfiles-setup.service \) -delete
systemctl enable kubelet.service containerd.service undo-mount-hacks.service
systemctl mask systemd-binfmt.service
echo 'ReadKMsg=no' >>/etc/systemd/journald.conf
ln -sf /lib/systemd/systemd /sbin/init

# Containers get the product identity kind mounts, and no limits that a nested runtime may not set.
ctr oci spec | jq '.hooks.createContainer += [{"path": "/kind/bin/mount-product-files.sh"}] | del(.process.rlimits)' \
    >/etc/containerd/cri-base.json
sed -i "s|sandbox_image = .*|sandbox_image = \"$(cat /in/pause)\"|" /etc/containerd/config.toml

# kubeadm finds its images in containerd's store. They stay packed: the first start unpacks them.
containerd >/dev/null 2>&1 &
pid=$!
for _ in $(seq 100); do ctr version >/dev/null 2>&1 && break; sleep 0.1; done
for tar in /in/images/*.tar; do ctr --namespace=k8s.io images import --no-unpack "$tar" >/dev/null; done
for name in $(ctr --namespace=k8s.io images list -q); do
    ctr --namespace=k8s.io images label "$name" io.cri-containerd.image=managed io.cri-containerd.pinned=pinned >/dev/null
done
ctr --namespace=k8s.io images list -q
kill "$pid"
wait "$pid" || true
rm -rf /run/* /tmp/* /var/log/* /var/cache/*
