"""python predict_many.py model.onnx images/ predicted/: each .npy file of images [n, h, w, c] becomes one of the model's outputs."""

import os
import pathlib
import sys

import numpy as np
import onnxruntime
import ray


class Predictor:
    """One session for each worker process; threads are left to Ray."""

    def __init__(self, content, target):
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        self.session = onnxruntime.InferenceSession(content, options)
        self.target = target

    def __call__(self, batch):
        name = self.session.get_inputs()[0].name
        for file in batch["item"]:
            (output,) = self.session.run(None, {name: np.load(file)})
            np.save(self.target / pathlib.Path(file).name, output)
        return batch


def main(model, source, target):
    target.mkdir(parents=True, exist_ok=True)
    files = [str(file) for file in sorted(source.glob("*.npy"))]
    # Ray's own steps need a processor, too: without one for them they wait for ever.
    workers = max(1, (os.cpu_count() or 2) - 1)
    predicted = ray.data.from_items(files, override_num_blocks=len(files)).map_batches(
        Predictor,
        fn_constructor_args=(model.read_bytes(), target),
        batch_size=1,
        compute=ray.data.ActorPoolStrategy(size=workers),
    )
    print(f"{sum(len(batch['item']) for batch in predicted.iter_batches(batch_size=None))} files")


if __name__ == "__main__":
    main(*(pathlib.Path(argument).resolve() for argument in sys.argv[1:]))
