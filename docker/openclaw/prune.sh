#!/bin/sh
# What a running assistant never reads: type declarations, source maps, other platforms' binaries, most documents.
set -eu
cd /opt/openclaw/node_modules
find . -type f \( -name '*.d.ts' -o -name '*.d.mts' -o -name '*.d.cts' -o -name '*.map' \) -delete
rm -rf @trycua
if [ -d openclaw/docs ]; then
  find openclaw/docs -mindepth 1 -maxdepth 1 ! -name reference -exec rm -rf {} +
  if [ -d openclaw/docs/reference ]; then
    find openclaw/docs/reference -mindepth 1 -maxdepth 1 ! -name templates -exec rm -rf {} +
  fi
fi
# Keys and identities are each instance's own: none may come with the image.
cd /opt/openclaw-seed
rm -rf identity devices credentials openclaw.json* config-journal-fingerprint.key logs cache tmp
