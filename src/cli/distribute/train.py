"""Trains model.keras on as many machines as TF_CONFIG names; without TF_CONFIG, on this one. `svertka distribute` wrote it.

The same folder, or a copy of it, lies on every machine. Each step's gradient is that of the whole batch, of which every
worker computes its part. After each epoch Keras's BackupAndRestore keeps weights, optimiser and epoch in backup/: started
again after a crash, the run goes on from there. At the end the first worker puts the trained weights into model.keras.
"""

import json
import os
import pathlib
import sys

os.environ.setdefault("KERAS_BACKEND", "tensorflow")

import keras
import numpy as np
import tensorflow as tf

folder = pathlib.Path(__file__).resolve().parent
plan = json.loads((folder / "plan.json").read_text())
strategy = tf.distribute.MultiWorkerMirroredStrategy()  # before anything else of TensorFlow
task = json.loads(os.environ.get("TF_CONFIG", "{}")).get("task", {"type": "worker", "index": 0})
is_first = task["type"] == "chief" or (task["type"] == "worker" and task["index"] == 0)


def made(module, spec):
    """An object of Keras by its name, whatever its case: {"name": "cosine_decay", "options": {…}}."""
    if not isinstance(spec, dict):
        return spec
    classes = {name.lower(): getattr(module, name) for name in dir(module)}
    options = {key: made(keras.optimizers.schedules, value) for key, value in spec["options"].items()}
    return classes[spec["name"].replace("_", "")](**options)


def arrays(part):
    """Inputs, labels and weights of a part of the data, read from disk as they are needed."""
    read = lambda kind: [np.load(folder / "data" / f"{name}.npy", mmap_mode="r") for name in plan["data"][part][kind]]
    return [read("x"), read("y"), read("weights")]


def batches(part, epoch):
    """This worker's part of each batch: every n-th example. The last number says how much its mean counts."""
    data = arrays(part)
    count, size, workers = len(data[0][0]), plan["batch_size"], strategy.num_replicas_in_sync
    order = np.random.default_rng([plan["seed"], epoch]).permutation(count) if epoch >= 0 else np.arange(count)
    for start in range(0, count, size):
        whole = order[start : start + size]
        own = np.sort(whole[task["index"] :: workers])
        if len(whole) >= workers:  # a smaller one cannot be shared; its examples come again in other epochs
            yield *(tuple(array[own] for array in kind) for kind in data), np.float32(len(own) * workers / len(whole))


def dataset(part, epoch):
    like = lambda array: tf.TensorSpec((None, *array.shape[1:]), array.dtype)
    kinds = tuple(tuple(map(like, kind)) for kind in arrays(part))
    made = tf.data.Dataset.from_generator(lambda: batches(part, epoch), output_signature=(*kinds, tf.TensorSpec((), "float32")))
    return made.prefetch(tf.data.AUTOTUNE)


with strategy.scope():
    model = keras.saving.load_model(folder / "model.keras", compile=False)
    model.compile(
        optimizer=made(keras.optimizers, plan["optimizer"]),
        loss=[made(keras.losses, loss) for loss in plan["loss"]],
        loss_weights=plan["loss_weights"],
        metrics=[[made(keras.metrics, metric) for metric in metrics] for metrics in plan["metrics"]],
    )
    model.optimizer.build(model.trainable_variables)


def loss_of(x, y, weights, share, training):
    predicted = model(list(x) if len(x) > 1 else x[0], training=training)
    labels, weights = (list(y), list(weights) or None) if len(y) > 1 else (y[0], weights[0] if weights else None)
    loss = model.compute_loss(x, labels, predicted, weights, training) * share
    model.compute_metrics(x, labels, predicted, weights)
    return loss


@tf.function(reduce_retracing=True)
def train_step(x, y, weights, share):
    def step():
        with tf.GradientTape() as tape:
            loss = loss_of(x, y, weights, share, training=True)
        model.optimizer.apply(tape.gradient(loss, model.trainable_variables), model.trainable_variables)
        return loss

    return strategy.reduce("SUM", strategy.run(step), axis=None)


@tf.function(reduce_retracing=True)
def test_step(x, y, weights, share):
    return strategy.reduce("SUM", strategy.run(lambda: loss_of(x, y, weights, share, training=False)), axis=None)


def epoch_of(step, part, epoch, prefix=""):
    """One pass over a part of the data: the mean loss and the metrics, of all workers."""
    model.reset_metrics()
    losses = [float(step(*batch)) for batch in dataset(part, epoch)]
    metrics = {name: float(value) for name, value in model.get_metrics_result().items() if name != "loss"}
    return {f"{prefix}{name}": value for name, value in {"loss": float(np.mean(losses)), **metrics}.items()}


def as_first():
    """Gives all workers the first one's values: one that was replaced, or killed while it wrote, has none or older ones."""
    variables = [*model.variables, *model.optimizer.variables]

    def own(value):
        kept = tf.cast(value, value.dtype if value.dtype.is_floating else tf.int64)
        return kept if is_first else tf.zeros_like(kept)

    @tf.function
    def of_first():
        values = [tf.convert_to_tensor(variable) for variable in variables] + [tf.constant(model._initial_epoch or 0)]
        return [strategy.reduce("SUM", strategy.run(own, (value,)), axis=None) for value in values]

    *values, epoch = of_first()
    for variable, value in zip(variables, values):
        variable.assign(tf.cast(value, variable.dtype))
    return int(epoch)


def run():
    # Every worker keeps a backup: which folder the machines share, if any, does not matter.
    backup = keras.callbacks.BackupAndRestore(folder / "backup" / f"{task['type']}-{task['index']}")
    callbacks = keras.callbacks.CallbackList([backup], model=model)
    model._initial_epoch = 0  # here BackupAndRestore puts the epoch to go on with, as for fit
    callbacks.on_train_begin()
    for epoch in range(as_first(), plan["epochs"]):
        callbacks.on_epoch_begin(epoch)
        logs = epoch_of(train_step, "train", epoch)
        if plan["data"]["validation"]:
            logs |= epoch_of(test_step, "validation", -1, "val_")
        callbacks.on_epoch_end(epoch, logs)
        if is_first:
            print(f"epoch {epoch + 1}/{plan['epochs']}: {json.dumps(logs)}", flush=True)
    if is_first:
        model.save(folder / "trained.keras")
        os.replace(folder / "trained.keras", folder / "model.keras")
    callbacks.on_train_end()


try:
    run()
except (tf.errors.UnavailableError, tf.errors.AbortedError, tf.errors.InternalError, tf.errors.DeadlineExceededError) as lost:
    print(f"another worker is lost, this one starts again: {str(lost).splitlines()[0]}", file=sys.stderr, flush=True)
    os.execv(sys.executable, [sys.executable, *sys.argv])
