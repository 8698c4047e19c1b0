#!/bin/sh
# Installs what `npm run test:browser` needs beyond npm, on Debian or Ubuntu as root: Chromium (with SwiftShader, a GPU in
# software) and Vulkan's loader, by which WebGPU in Node finds it. Does nothing when both are there.
set -eu

if command -v chromium >/dev/null && ldconfig -p | grep -q libvulkan.so.1; then
  chromium --version
  exit 0
fi
apt-get update -qq
DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends chromium libvulkan1 >/dev/null
chromium --version
