"""Checks .onnx files that svertka wrote: onnx.checker with full shape inference, and onnxruntime's outputs.

    python check_onnx.py FOLDER

FOLDER holds NAME.onnx, NAME.input.npy and NAME.output.npy (svertka's own prediction). Prints one JSON object:
by name the relative error over what the outputs have beside their mean, nodes and Transpose nodes.
"""

import json
import sys
from pathlib import Path

import numpy as np
import onnx
import onnxruntime

results = {}
for path in sorted(Path(sys.argv[1]).glob("*.onnx")):
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    given = np.load(path.with_suffix(".input.npy"))
    wanted = np.load(path.with_suffix(".output.npy"))
    (got,) = session.run(None, {session.get_inputs()[0].name: given})
    assert got.shape == wanted.shape, (path.stem, got.shape, wanted.shape)
    operators = [node.op_type for node in model.graph.node]
    results[path.stem] = {
        "error": float(np.linalg.norm(got - wanted) / np.linalg.norm(wanted - wanted.mean())),
        "nodes": len(operators),
        "transposes": operators.count("Transpose"),
    }
print(json.dumps(results))
