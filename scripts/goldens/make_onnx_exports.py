"""Writes test/fixtures/onnx/exports/<name>.onnx with .x.npy and .y.npy: small nets as PyTorch's exporters write them, and what onnxruntime gives.

    .venv/bin/python scripts/goldens/make_onnx_exports.py
"""

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper

target = Path(__file__).parents[2] / "test/fixtures/onnx/exports"


class Net:
    """Nodes in a row; weights are named as modules of PyTorch name them."""

    def __init__(self, shape):
        self.random = np.random.default_rng(7)
        self.shape = shape
        self.nodes = []
        self.weights = []
        self.last = "input"
        self.count = 0

    def weight(self, name, values):
        self.weights.append(numpy_helper.from_array(np.asarray(values, dtype="float32"), name))
        return name

    def sizes(self, name, values):
        self.weights.append(numpy_helper.from_array(np.asarray(values, dtype="int64"), name))
        return name

    def normal(self, name, *shape, scale=0.4):
        return self.weight(name, self.random.normal(size=shape) * scale)

    def uniform(self, name, *shape):
        return self.weight(name, self.random.uniform(0.5, 1.5, size=shape))

    def node(self, op, *inputs, **attributes):
        self.count += 1
        output = f"/{op}_{self.count}_output_0"
        self.nodes.append(helper.make_node(op, list(inputs), [output], name=f"/{op}_{self.count}", **attributes))
        return output

    def then(self, op, *inputs, **attributes):
        self.last = self.node(op, self.last, *inputs, **attributes)
        return self

    def save(self, name, rank, opset=17):
        inputs = [helper.make_tensor_value_info("input", TensorProto.FLOAT, ["batch", *self.shape])]
        outputs = [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch", *(f"size{axis}" for axis in range(1, rank))])]
        self.nodes.append(helper.make_node("Identity", [self.last], ["output"]))
        graph = helper.make_graph(self.nodes, "main_graph", inputs, outputs, self.weights)
        model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], producer_name="pytorch")
        model.ir_version = 8
        file = target / f"{name}.onnx"
        onnx.save(model, file)
        onnx.checker.check_model(str(file), full_check=True)
        x = np.random.default_rng(3).normal(size=(2, *self.shape)).astype("float32")
        session = onnxruntime.InferenceSession(str(file), providers=["CPUExecutionProvider"])
        np.save(target / f"{name}.x.npy", x)
        np.save(target / f"{name}.y.npy", session.run(None, {"input": x})[0])

    def batch_norm(self, name, channels):
        return self.then(
            "BatchNormalization",
            self.uniform(f"{name}.weight", channels),
            self.normal(f"{name}.bias", channels),
            self.normal(f"{name}.running_mean", channels),
            self.uniform(f"{name}.running_var", channels),
            epsilon=1e-5,
            momentum=0.9,
        )

    def head(self, channels, units):
        self.then("GlobalAveragePool").then("Flatten", axis=1)
        return self.then("Gemm", self.normal("fc.weight", units, channels), self.normal("fc.bias", units), transB=1)


def volumes():
    net = Net([3, 8, 9, 10])
    net.then("Conv", net.normal("conv1.weight", 8, 3, 3, 3, 3), net.normal("conv1.bias", 8), kernel_shape=[3, 3, 3], pads=[1] * 6)
    net.then("Relu").then("MaxPool", kernel_shape=[2, 2, 2], strides=[2, 2, 2])
    net.then("Conv", net.normal("conv2.weight", 12, 4, 3, 2, 3), kernel_shape=[3, 2, 3], strides=[2, 1, 1], pads=[1, 0, 1, 1, 0, 1], group=2)
    net.batch_norm("bn2", 12).then("Relu")
    net.then("AveragePool", kernel_shape=[1, 2, 2], strides=[1, 1, 1], count_include_pad=1)
    net.then("Conv", net.normal("conv3.weight", 8, 12, 2, 1, 1), net.normal("conv3.bias", 8), kernel_shape=[2, 1, 1])
    net.then("MaxPool", kernel_shape=[1, 3, 3], strides=[1, 1, 1], pads=[0, 1, 1, 0, 1, 1])
    net.head(8, 3).save("volumes", 2)


def generator():
    net = Net([6, 4, 3, 5])
    net.then("ConvTranspose", net.normal("up1.weight", 6, 4, 2, 2, 2), net.normal("up1.bias", 4), kernel_shape=[2, 2, 2], strides=[2, 2, 2])
    net.then("LeakyRelu", alpha=0.2)
    net.then("ConvTranspose", net.normal("up2.weight", 4, 2, 4, 3, 3), kernel_shape=[4, 3, 3], strides=[2, 1, 1], pads=[1, 1, 1, 1, 1, 1])
    net.then("Tanh").save("generator", 5)


def transposed():
    net = Net([8, 5, 6])
    net.then("ConvTranspose", net.normal("up1.weight", 8, 3, 4, 4), net.normal("up1.bias", 6), kernel_shape=[4, 4], strides=[2, 2], pads=[1, 1, 1, 1], group=2)
    net.then("Relu")
    net.then("ConvTranspose", net.normal("up2.weight", 6, 5, 3, 3), net.normal("up2.bias", 5), kernel_shape=[3, 3], strides=[2, 2], pads=[1, 1, 1, 1], output_padding=[1, 1])
    net.then("Relu")
    net.then("ConvTranspose", net.normal("up3.weight", 5, 1, 2, 2), kernel_shape=[2, 2], strides=[2, 2], group=5)
    net.then("Sigmoid").save("transposed", 4)


def by_channel(net, name):
    """A weight [c] as [c, 1, 1]."""
    for axis in (1, 2):
        name = net.node("Unsqueeze", name, net.sizes(f"axes_{net.count}", [axis]))
    return name


def arithmetic():
    """Batch normalisation as its decomposition, as the formula that a person writes, and as detection models freeze it."""
    net = Net([3, 7, 6])

    def convolution(name, inputs, outputs):
        net.then("Conv", net.normal(f"{name}.weight", outputs, inputs, 3, 3), kernel_shape=[3, 3], pads=[1, 1, 1, 1])

    def weights(name, channels):
        return (
            net.uniform(f"{name}.weight", channels),
            net.normal(f"{name}.bias", channels),
            net.normal(f"{name}.running_mean", channels),
            net.uniform(f"{name}.running_var", channels),
        )

    epsilon = net.weight("epsilon", 1e-5)
    convolution("conv1", 3, 4)
    gamma, beta, mean, variance = weights("bn1", 4)
    inverse = net.node("Reciprocal", net.node("Sqrt", net.node("Add", variance, epsilon)))
    net.then("Sub", by_channel(net, mean)).then("Mul", by_channel(net, inverse))
    net.then("Mul", by_channel(net, gamma)).then("Add", by_channel(net, beta)).then("Relu")

    convolution("conv2", 4, 5)
    gamma, beta, mean, variance = weights("bn2", 5)
    net.then("Sub", by_channel(net, mean))
    net.then("Div", net.node("Sqrt", net.node("Add", by_channel(net, variance), epsilon)))
    net.last = net.node("Mul", by_channel(net, gamma), net.last)
    net.then("Add", by_channel(net, beta)).then("Relu")

    convolution("conv3", 5, 4)
    gamma, beta, mean, variance = weights("bn3", 4)
    whole = net.sizes("whole", [1, -1, 1, 1])
    gamma, beta, mean, variance = (net.node("Reshape", one, whole) for one in (gamma, beta, mean, variance))
    scale = net.node("Mul", gamma, net.node("Reciprocal", net.node("Sqrt", net.node("Add", variance, epsilon))))
    shift = net.node("Sub", beta, net.node("Mul", mean, scale))
    net.then("Mul", scale).then("Add", shift).then("Relu")

    convolution("conv4", 4, 4)
    net.then("Mul", net.uniform("bn4.scale", 1, 4, 1, 1)).then("Add", net.normal("bn4.shift", 1, 4, 1, 1)).then("Relu")
    net.head(4, 3).save("arithmetic", 2)


if __name__ == "__main__":
    target.mkdir(parents=True, exist_ok=True)
    for make in (volumes, generator, transposed, arithmetic):
        make()
        print(make.__name__)
