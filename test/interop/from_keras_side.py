"""Runs the Keras program of docs/from-keras.md: what it has, gives and loses, and its weights as a file.

    from_keras_side.py PROGRAM FOLDER      prints one JSON object
"""
import json
import os
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import keras
import numpy as np

program, folder = sys.argv[1:]
keras.utils.set_random_seed(7)
scope: dict = {}
with open(program) as file:
    exec(compile(file.read(), program, "exec"), scope)
net = scope["net"]

random = np.random.default_rng(7)
x = random.random((16, 28, 28, 1), dtype=np.float32)
y = (np.arange(16) % 10).astype(np.int32)
# Weights that are no longer the initial ones, moving statistics among them.
net.fit(x, y, epochs=3, batch_size=8, verbose=0)
net.save(os.path.join(folder, "net.keras"))
loss, accuracy = net.evaluate(x, y, verbose=0)
print(
    json.dumps(
        {
            "parameters": net.count_params(),
            "x": x.ravel().tolist(),
            "outputs": net.predict(x, verbose=0).ravel().tolist(),
            "loss": loss,
            "accuracy": accuracy,
        }
    )
)
