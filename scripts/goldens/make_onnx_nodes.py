"""Packs the cases of onnx's own backend tests into test/fixtures/onnx/node-cases.bin.gz: the models of all, the arrays of the small ones.

The file, unpacked: the length of a header (four bytes, little-endian), the header (JSON), bytes. The header lists the cases
`{ name, model, data, rtol, atol }`; `model` is [start, end] of a ModelProto, `data` lists the data sets as
`{ inputs, outputs }`, each a list of [start, end] of a TensorProto, or null for what is no tensor.

    .venv/bin/python scripts/goldens/make_onnx_nodes.py
"""

import gzip
import json
import struct
import warnings
from pathlib import Path

import numpy
import onnx
from onnx import numpy_helper
from onnx.backend.test.case.node import collect_testcases

LARGEST = 100_000
"""Bytes of arrays of a case: larger ones are left out of the fixture (they have smaller siblings)."""

target = Path(__file__).parents[2] / "test/fixtures/onnx/node-cases.bin.gz"


def as_message(value):
    if isinstance(value, onnx.TensorProto):
        return value.SerializeToString()
    if isinstance(value, (numpy.ndarray, numpy.generic)):
        return numpy_helper.from_array(numpy.asarray(value)).SerializeToString()
    return None


def main() -> None:
    warnings.simplefilter("ignore")
    blob = bytearray()
    places = {}

    def put(message):
        if message is None:
            return None
        if message not in places:
            places[message] = [len(blob), len(blob) + len(message)]
            blob.extend(message)
        return places[message]

    cases = []
    left_out = []
    for case in sorted(collect_testcases(None), key=lambda case: case.name):
        sets = [
            {"inputs": [as_message(a) for a in inputs], "outputs": [as_message(a) for a in outputs]}
            for inputs, outputs in case.data_sets
        ]
        size = sum(len(m or b"") for one in sets for m in one["inputs"] + one["outputs"])
        if size > LARGEST:
            left_out.append(case.name)
            continue
        cases.append(
            {
                "name": case.name,
                "model": put(case.model.SerializeToString()),
                "data": [{key: [put(m) for m in value] for key, value in one.items()} for one in sets],
                "rtol": case.rtol,
                "atol": case.atol,
            }
        )
    header = json.dumps({"onnx": onnx.__version__, "leftOut": left_out, "cases": cases}).encode()
    target.parent.mkdir(parents=True, exist_ok=True)
    with open(target, "wb") as file, gzip.GzipFile(filename="", mode="wb", fileobj=file, mtime=0) as packed:
        packed.write(struct.pack("<I", len(header)) + header + bytes(blob))
    print(f"{len(cases)} cases, {len(left_out)} left out, {target.stat().st_size / 1e6:.2f} MB")


if __name__ == "__main__":
    main()
