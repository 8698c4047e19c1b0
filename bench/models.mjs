/**
 * The models of the benchmark, written once over a vocabulary that each system speaks in its own way:
 * `k.input(shape)`, `k.conv(x, filters, size, options)`, `k.batchNorm(x)` … give tensors or layers of that system.
 */

const convBnRelu = (k, x, filters, size, options = {}) =>
  k.activation(k.batchNorm(k.conv(x, filters, size, { padding: "same", useBias: false, ...options })), "relu");

/** Fashion-MNIST convnet of the lesson: 243,786 parameters. */
const a3 = (k) => {
  let x = k.input([28, 28, 1]);
  for (let i = 0; i < 2; i++) x = k.maxPool(k.activation(k.conv(x, 64, 3), "relu"), 2);
  return k.dense(k.activation(k.dense(k.flatten(x), 128), "relu"), 10, "softmax");
};

/** Car or truck. */
const a5 = (k) => {
  let x = k.input([128, 128, 3]);
  for (const [filters, size] of [
    [32, 5],
    [64, 3],
    [128, 3],
  ])
    x = k.maxPool(k.activation(k.conv(x, filters, size, { padding: "same" }), "relu"), 2);
  return k.dense(k.activation(k.dense(k.flatten(x), 6), "relu"), 1, "sigmoid");
};

/** Three-layer convnet on CIFAR shapes. */
const a7 = (k) => {
  let x = k.input([32, 32, 3]);
  x = k.activation(k.conv(x, 32, 5, { padding: "same" }), "relu");
  x = k.activation(k.conv(x, 16, 3, { padding: "same" }), "relu");
  return k.dense(k.flatten(x), 10, "softmax");
};

/** He et al. 2015, §4.2: ResNet-20 for CIFAR, projections where the shape changes. */
const resnet20 = (k) => {
  let x = convBnRelu(k, k.input([32, 32, 3]), 16, 3);
  for (const [stage, filters] of [16, 32, 64].entries())
    for (let block = 0; block < 3; block++) {
      const strides = stage > 0 && block === 0 ? 2 : 1;
      let y = convBnRelu(k, x, filters, 3, { strides });
      y = k.batchNorm(k.conv(y, filters, 3, { padding: "same", useBias: false }));
      const skip = strides === 2 ? k.batchNorm(k.conv(x, filters, 1, { strides, useBias: false })) : x;
      x = k.activation(k.add(y, skip), "relu");
    }
  return k.dense(k.globalAvgPool(x), 10, "softmax");
};

/** Sandler et al. 2018, table 2, width 1. */
const mobilenetv2 = (k) => {
  const relu6 = (x) => k.activation(k.batchNorm(x), "relu6");
  let x = relu6(k.conv(k.input([224, 224, 3]), 32, 3, { strides: 2, padding: "same", useBias: false }));
  let channels = 32;
  for (const [expansion, filters, repeats, first] of [
    [1, 16, 1, 1],
    [6, 24, 2, 2],
    [6, 32, 3, 2],
    [6, 64, 4, 2],
    [6, 96, 3, 1],
    [6, 160, 3, 2],
    [6, 320, 1, 1],
  ])
    for (let block = 0; block < repeats; block++) {
      const strides = block === 0 ? first : 1;
      let y = expansion === 1 ? x : relu6(k.conv(x, channels * expansion, 1, { useBias: false }));
      y = relu6(k.depthwise(y, 3, { strides, padding: "same", useBias: false }));
      y = k.batchNorm(k.conv(y, filters, 1, { useBias: false }));
      x = strides === 1 && channels === filters ? k.add(x, y) : y;
      channels = filters;
    }
  return k.dense(k.globalAvgPool(relu6(k.conv(x, 1280, 1, { useBias: false }))), 1000, "softmax");
};

/** He et al. 2015, table 1; strides in the 3×3 convolution. */
const resnet50 = (k) => {
  let x = k.maxPool(convBnRelu(k, k.input([224, 224, 3]), 64, 7, { strides: 2 }), 3, { strides: 2, padding: "same" });
  for (const [stage, [filters, repeats]] of [
    [64, 3],
    [128, 4],
    [256, 6],
    [512, 3],
  ].entries())
    for (let block = 0; block < repeats; block++) {
      const strides = stage > 0 && block === 0 ? 2 : 1;
      let y = convBnRelu(k, x, filters, 1);
      y = convBnRelu(k, y, filters, 3, { strides });
      y = k.batchNorm(k.conv(y, 4 * filters, 1, { useBias: false }));
      const skip = block === 0 ? k.batchNorm(k.conv(x, 4 * filters, 1, { strides, useBias: false })) : x;
      x = k.activation(k.add(y, skip), "relu");
    }
  return k.dense(k.globalAvgPool(x), 1000, "softmax");
};

export const models = { a3, a5, a7, resnet20, mobilenetv2, resnet50 };

export const inputShapes = {
  a3: [28, 28, 1],
  a5: [128, 128, 3],
  a7: [32, 32, 3],
  resnet20: [32, 32, 3],
  mobilenetv2: [224, 224, 3],
  resnet50: [224, 224, 3],
};
