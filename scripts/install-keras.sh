#!/bin/sh
# Makes .venv, a Python with Keras, which `npm run test:interop` and scripts/goldens need. Does nothing where it is there.
# Takes the Python of $PYTHON, or python3; on Debian or Ubuntu as root it installs that first where it is missing.
set -eu
cd "$(dirname "$0")/.."

python="${PYTHON:-python3}"
if ! .venv/bin/python -c "import keras, safetensors, tensorflow, tf2onnx" 2>/dev/null; then
  if ! "$python" -c "import ensurepip, venv" 2>/dev/null; then
    apt-get update -qq
    DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends python3 python3-venv >/dev/null
  fi
  "$python" -m venv .venv
  .venv/bin/python -m pip install --quiet --disable-pip-version-check -r scripts/goldens/requirements.txt
fi
KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 .venv/bin/python -c "import keras, sys; print('python', sys.version.split()[0], 'keras', keras.__version__)"
