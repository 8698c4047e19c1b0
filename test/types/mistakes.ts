/** Wrong nets as people write them: code whose guilty line ends with `// here`, and the sentence about it. */

export interface Mistake {
  readonly title: string;
  /** An expression that is an `Expr` or a `Model`. */
  readonly code: string;
  readonly sentence: string;
}

export const mistakes: readonly Mistake[] = [
  {
    title: "a kernel larger than the image",
    code: `pipe(
      input([5, 5, 1]),
      conv2d({ filters: 8, kernelSize: 7 }), // here
      relu,
    )`,
    sentence:
      "conv2d: kernel 7x7 does not fit input 5x5 with padding 'valid': pad by at least 1 on each side, or use a kernel of at most 5x5",
  },
  {
    title: "a dilated kernel larger than the image",
    code: `pipe(
      input([5, 9, 1]),
      conv2d({ filters: 8, kernelSize: 3, dilationRate: 3 }), // here
    )`,
    sentence:
      "conv2d: kernel 3x3 dilated by 3 does not fit input 5x9 with padding 'valid': pad by at least [1, 0] on each side, or use a kernel of at most 2x3",
  },
  {
    title: "one pooling too many",
    code: `pipe(
      input([6, 6, 1]),
      maxPool2d(),
      maxPool2d(),
      maxPool2d(), // here
    )`,
    sentence:
      "maxPool2d: pool 2x2 does not fit input 1x1 with padding 'valid': pad by at least 1 on each side, or use a pool of at most 1x1",
  },
  {
    title: "a pool whose windows may hold padding only",
    code: `pipe(
      input([8, 8, 1]),
      avgPool2d({ padding: [[0, 2], [0, 0]] }), // here
    )`,
    sentence:
      "avgPool2d: padding [[0, 2], [0, 0]] is not smaller than the pool 2x2, so that windows would hold no cell: use a smaller padding, or zeroPadding2d before it",
  },
  {
    title: "channels that groups do not divide",
    code: `pipe(
      input([28, 28, 10]),
      conv2d({ filters: 8, kernelSize: 3, groups: 4 }), // here
    )`,
    sentence:
      "conv2d: input channels 10 are not divisible by groups 4: use groups that divide both channels and filters",
  },
  {
    title: "filters that groups do not divide",
    code: `pipe(
      input([28, 28, 8]),
      conv2d({ filters: 10, kernelSize: 3, groups: 4 }), // here
    )`,
    sentence: "conv2d: filters 10 are not divisible by groups 4: use groups that divide both channels and filters",
  },
  {
    title: "no filters",
    code: `pipe(
      input([28, 28, 1]),
      conv2d({ filters: 0, kernelSize: 3 }), // here
    )`,
    sentence: "conv2d: filters 0 is no size: use whole numbers from 1 to 999999999",
  },
  {
    title: "a stride of 0",
    code: `pipe(
      input([28, 28, 1]),
      conv2d({ filters: 8, kernelSize: 3, strides: [1, 0] }), // here
    )`,
    sentence: "conv2d: strides [1, 0] is no size: use whole numbers from 1 to 999999999",
  },
  {
    title: "a negative padding",
    code: `pipe(
      input([28, 28, 1]),
      zeroPadding2d({ padding: -3 }), // here
    )`,
    sentence: "zeroPadding2d: padding -3 is no size: use whole numbers from 0 to 999999999",
  },
  {
    title: "half a unit",
    code: `pipe(
      input([28]),
      dense({ units: 2.5 }), // here
    )`,
    sentence: "dense: units 2.5 is no size: use whole numbers from 1 to 999999999",
  },
  {
    title: "an absurd number of units",
    code: `pipe(
      input([28]),
      dense({ units: 1e21 }), // here
    )`,
    sentence: "dense: units 1e+21 is no size: use whole numbers from 1 to 999999999",
  },
  {
    title: "an image of no height",
    code: `pipe(
      input([0, 28, 1]), // here
      relu,
    )`,
    sentence:
      "input: shape [0x28x1] has an axis that is no size: use whole numbers from 1 to 999999999, or null for an axis that is not known",
  },
  {
    title: "a forgotten flatten",
    code: `pipe(
      input([28, 28, 1]),
      conv2d({ filters: 8, kernelSize: 3 }),
      dense({ units: 10 }), // here
      softmax,
    )`,
    sentence: "dense: expected a flat input [n], got a 3-D input [26x26x8]: put flatten (or globalAvgPool2d) before it",
  },
  {
    title: "a convolution after flatten",
    code: `pipe(
      input([28, 28, 1]),
      flatten,
      conv2d({ filters: 8, kernelSize: 3 }), // here
    )`,
    sentence:
      "conv2d: expected a 3-D input [height, width, channels], got a 1-D input [784]: put reshape({ targetShape: [height, width, channels] }) before it",
  },
  {
    title: "a grey image without its channel axis",
    code: `pipe(
      input([28, 28]),
      conv2d({ filters: 8, kernelSize: 3 }), // here
    )`,
    sentence:
      "conv2d: expected a 3-D input [height, width, channels], got a 2-D input [28x28]: put reshape({ targetShape: [height, width, channels] }) before it",
  },
  {
    title: "weights on an unknown size",
    code: `pipe(
      input([null, null, 3]),
      conv2d({ filters: 8, kernelSize: 3 }),
      flatten,
      dense({ units: 10 }), // here
    )`,
    sentence:
      "dense: the size of its input is unknown, and the weights' shape depends on it: use globalAvgPool2d instead of flatten, or give input(...) numbers",
  },
  {
    title: "normalisation of unknown channels",
    code: `pipe(
      input([8, 8, null]),
      batchNormalization(), // here
    )`,
    sentence:
      "batchNormalization: the last axis of [8x8x?] is unknown, and the weights' shape depends on it: give it a number in input(...)",
  },
  {
    title: "a reshape to another number of elements",
    code: `pipe(
      input([7, 7, 64]),
      reshape({ targetShape: [3136, 2] }), // here
    )`,
    sentence:
      "reshape: [7x7x64] has 3136 elements, targetShape [3136, 2] has 6272: use -1 for one axis, or sizes whose product is 3136",
  },
  {
    title: "a reshape that does not come out even",
    code: `pipe(
      input([7, 7, 64]),
      reshape({ targetShape: [-1, 5] }), // here
    )`,
    sentence:
      "reshape: [7x7x64] has 3136 elements, which do not fill targetShape [-1, 5]: use sizes whose product divides 3136",
  },
  {
    title: "a reshape with two unknowns",
    code: `pipe(
      input([7, 7, 64]),
      reshape({ targetShape: [-1, -1] }), // here
    )`,
    sentence: "reshape: targetShape [-1, -1] leaves more than one axis to be found: use at most one -1",
  },
  {
    title: "everything dropped",
    code: `pipe(
      input([7]),
      dropout({ rate: 1 }), // here
    )`,
    sentence: "dropout: rate 1 is not in [0, 1): use the fraction of elements to drop, such as 0.5",
  },
  {
    title: "a rotation by more than a turn",
    code: `pipe(
      input([8, 8, 3]),
      randomRotation({ factor: [0, 1.5] }), // here
    )`,
    sentence: "randomRotation: factor [0, 1.5] is not in [-1, 1]: give a number or [lower, upper] in it, such as 0.2",
  },
  {
    title: "the hue of a grey image",
    code: `pipe(
      input([8, 8, 1]),
      randomHue({ factor: 0.1 }), // here
    )`,
    sentence: "randomHue: a last axis of 1 holds no colours: give an image of 3 channels, red, green and blue",
  },
  {
    title: "a crop that is larger than the image",
    code: `pipe(
      input([8, 32, 3]),
      randomCrop({ height: 16, width: 16 }), // here
    )`,
    sentence: "randomCrop: a crop of 16x16 does not fit into 8x32: take a smaller crop",
  },
  {
    title: "a residual that shrinks",
    code: `pipe(
      input([28, 28, 64]),
      residual(conv2d({ filters: 64, kernelSize: 3 }), relu), // here
    )`,
    sentence:
      "residual: shapes 28x28x64 and 26x26x64 differ in height, 28 and 26: use padding 'same', cropping2d({ cropping: 1 }) on the first or zeroPadding2d of as much on the second",
  },
  {
    title: "a residual of a flow with other filters",
    code: `pipe(
      input([28, 28, 64]),
      residualOf(flow(conv2d({ filters: 32, kernelSize: 3, padding: "same" }), relu)), // here
    )`,
    sentence:
      "residual: shapes 28x28x64 and 28x28x32 differ in channels, 64 and 32: give both the same number of filters, as by conv2d({ filters: 64, kernelSize: 1 }) on the second",
  },
  {
    title: "a sum of different channels",
    code: `add(
      input([28, 28, 64]),
      input([28, 28, 128]), // here
    )`,
    sentence:
      "add: shapes 28x28x64 and 28x28x128 differ in channels, 64 and 128: give both the same number of filters, as by conv2d({ filters: 64, kernelSize: 1 }) on the second",
  },
  {
    title: "a sum of three of which the last differs",
    code: `add(
      input([64]),
      input([64]),
      input([10]), // here
    )`,
    sentence:
      "add: shapes 64 and 10 differ in axis 1, 64 and 10: give both the same size, as by dense({ units: 64 }) on the second",
  },
  {
    title: "a sum of four of which the last differs",
    code: `add(
      input([64]),
      input([64]),
      input([64]),
      input([10]), // here
    )`,
    sentence:
      "add: shapes 64 and 10 differ in axis 1, 64 and 10: give both the same size, as by dense({ units: 64 }) on the second",
  },
  {
    title: "a product of different ranks",
    code: `multiply(
      input([14, 14, 64]),
      input([64]), // here
    )`,
    sentence: "multiply: shapes [14x14x64] and [64] differ in rank: reshape one of them",
  },
  {
    title: "branches of different size",
    code: `concatenate([pipe(input([28, 28, 8]), maxPool2d()), input([28, 28, 8])]) // here`,
    sentence:
      "concatenate: shapes 14x14x8 and 28x28x8 differ in height, 14 and 28: use equal strides in both, or upSampling2d({ size: 2 }) on the first",
  },
  {
    title: "joining along the batch",
    code: `concatenate([input([28, 28, 8]), input([28, 28, 8])], { axis: 0 }) // here`,
    sentence: "concatenate: axis 0 is none of the axes of [28x28x8]: use 1 to 3 (0 is the batch), or -1 for the last",
  },
  {
    title: "a layer in a chain",
    code: `chain(
      input([8, 8, 1]),
      conv2d({ filters: 8, kernelSize: 5 }),
      conv2d({ filters: 8, kernelSize: 5 }), // here
      relu,
    )`,
    sentence:
      "conv2d: kernel 5x5 does not fit input 4x4 with padding 'valid': pad by at least 1 on each side, or use a kernel of at most 4x4",
  },
  {
    title: "a layer inside a named block",
    code: `pipe(
      input([8, 8, 1]),
      named("stem", sequential(conv2d({ filters: 8, kernelSize: 5 }), conv2d({ filters: 8, kernelSize: 5 }))), // here
      relu,
    )`,
    sentence:
      "conv2d: kernel 5x5 does not fit input 4x4 with padding 'valid': pad by at least 1 on each side, or use a kernel of at most 4x4",
  },
  {
    title: "a shared layer on other sizes",
    code: `pipe(
      input([8, 8, 1]),
      maxPool2d({ poolSize: 4 }),
      share(conv2d({ filters: 8, kernelSize: 5 })), // here
    )`,
    sentence:
      "conv2d: kernel 5x5 does not fit input 2x2 with padding 'valid': pad by at least 2 on each side, or use a kernel of at most 2x2",
  },
  {
    title: "a block used once too often",
    code: `((block: typeof smallBlock) => pipe(
      input([12, 12, 1]),
      block,
      block,
      block, // here
      relu,
    ))(smallBlock)`,
    sentence:
      "conv2d: kernel 3x3 does not fit input 1x1 with padding 'valid': pad by at least 1 on each side, or use a kernel of at most 1x1",
  },
  {
    title: "the last layer of a flow in place",
    code: `pipe(input([8, 8, 4]), flow(relu, conv2d({ filters: 4, kernelSize: 9 })), relu) // here`,
    sentence:
      "conv2d: kernel 9x9 does not fit input 8x8 with padding 'valid': pad by at least 1 on each side, or use a kernel of at most 8x8",
  },
  {
    title: "the last layer of a flow that has a name: seen by what comes next",
    code: `pipe(
      input([8, 8, 4]),
      tallBlock,
      relu, // here
    )`,
    sentence:
      "conv2d: kernel 9x9 does not fit input 8x8 with padding 'valid': pad by at least 1 on each side, or use a kernel of at most 8x8",
  },
  {
    title: "the last layer of a flow at the end of a net: seen by the model",
    code: `model(
      pipe(input([8, 8, 4]), tallBlock), // here
    )`,
    sentence:
      "conv2d: kernel 9x9 does not fit input 8x8 with padding 'valid': pad by at least 1 on each side, or use a kernel of at most 8x8",
  },
  {
    title: "a sequence layer on an image",
    code: `pipe(
      input([28, 28, 1]),
      conv1d({ filters: 8, kernelSize: 3 }), // here
    )`,
    sentence:
      "conv1d: expected a 2-D input [steps, channels], got a 3-D input [28x28x1]: put reshape({ targetShape: [steps, channels] }) before it",
  },
  {
    title: "a kernel deeper than the volume",
    code: `pipe(
      input([2, 28, 28, 1]),
      conv3d({ filters: 8, kernelSize: 3 }), // here
    )`,
    sentence:
      "conv3d: kernel 3x3x3 does not fit input 2x28x28 with padding 'valid': pad by at least [1, 0, 0] on each side, or use a kernel of at most 2x28x28",
  },
  {
    title: "a transposed convolution whose padding leaves nothing",
    code: `pipe(
      input([1, 1, 64]),
      conv2dTranspose({ filters: 8, kernelSize: 4, padding: 2 }), // here
    )`,
    sentence:
      "conv2dTranspose: padding 2 leaves nothing of the output 4x4: use padding 'valid', or at most 1 on each side",
  },
  {
    title: "an output padding as large as the stride",
    code: `pipe(
      input([14, 14, 64]),
      conv2dTranspose({ filters: 8, kernelSize: 3, strides: 2, outputPadding: 2 }), // here
    )`,
    sentence:
      "conv2dTranspose: outputPadding 2 is not smaller than strides 2: use an outputPadding below the stride of each axis",
  },
  {
    title: "depthwise weights on unknown channels",
    code: `pipe(
      input([14, 14, null]),
      depthwiseConv2d({ kernelSize: 3 }), // here
    )`,
    sentence:
      "depthwiseConv2d: the last axis of [14x14x?] is unknown, and the weights' shape depends on it: give it a number in input(...)",
  },
  {
    title: "one wrong output of two",
    code: `((x: typeof smallInput) => model({
      inputs: x,
      outputs: { good: relu(x), bad: half(x) }, // here
    }))(smallInput)`,
    sentence:
      "add: shapes 8x8x4 and 4x4x4 differ in height, 8 and 4: use equal strides in both, or upSampling2d({ size: 2 }) on the second",
  },
  {
    title: "a model of a layer that does not fit its input",
    code: `model(
      input([8, 8, 4]),
      sequential(relu, dense({ units: 4 })), // here
    )`,
    sentence: "dense: expected a flat input [n], got a 3-D input [8x8x4]: put flatten (or globalAvgPool2d) before it",
  },
  {
    title: "a wide number does not hide another axis",
    code: `pipe(
      input([wide, 5, 1]),
      conv2d({ filters: wide, kernelSize: [3, 7] }), // here
    )`,
    sentence:
      "conv2d: kernel 3x7 does not fit input ?x5 with padding 'valid': pad by at least [0, 1] on each side, or use a kernel of at most 3x5",
  },
  {
    title: "a strict pooling that drops a row and a column",
    code: `pipe(
      input([7, 7, 8]),
      maxPool2d({ strict: true }), // here
    )`,
    sentence:
      "maxPool2d: pool 2x2 with strides 2 drops 1 row and 1 column of input 7x7: use padding [[0, 1], [0, 1]], or an input of 6x6",
  },
  {
    title: "a strict convolution whose strides drop a column",
    code: `pipe(
      input([225, 224, 3]),
      conv2d({ filters: 64, kernelSize: 3, strides: 2, strict: true }), // here
    )`,
    sentence:
      "conv2d: kernel 3x3 with strides 2 drops 1 column of input 225x224: use padding [[0, 0], [0, 1]], or an input of 225x223",
  },
  {
    title: "a strict convolution smaller than its strides",
    code: `pipe(
      input([56, 56, 64]),
      strict(conv2d({ filters: 128, kernelSize: 1, strides: 2 })), // here
    )`,
    sentence:
      "conv2d: kernel 1x1 with strides 2 drops 1 of every 2 rows and 1 of every 2 columns: use strides of at most 1x1, or a kernel of at least 2x2",
  },
  {
    title: "a pooling inside a strict block",
    code: `pipe(
      input([28, 28, 1]),
      strict(named("body", sequential(conv2d({ filters: 8, kernelSize: 4 }), residual(relu), maxPool2d()))), // here
    )`,
    sentence:
      "maxPool2d: pool 2x2 with strides 2 drops 1 row and 1 column of input 25x25: use padding [[0, 1], [0, 1]], or an input of 24x24",
  },
  {
    title: "a strict sequence and a strict volume",
    code: `pipe(
      input([20, 4]),
      strict(avgPool1d({ poolSize: 3 })), // here
    )`,
    sentence: "avgPool1d: pool 3 with strides 3 drops 2 steps of input 20: use padding [0, 1], or an input of 18",
  },
  {
    title: "a strict flow",
    code: `pipe(
      input([28, 28, 1]),
      strict(flow(relu, maxPool2d())), // here
    )`,
    sentence:
      "strict: it cannot look into a flow, a lambda or a finished expression: put the layers into sequential(...)",
  },
  {
    title: "a cropping that leaves nothing",
    code: `pipe(
      input([6, 8, 1]),
      cropping2d({ cropping: [3, 1] }), // here
    )`,
    sentence: "cropping2d: cropping [3, 1] leaves nothing of input 6x8: crop at most 5x7, both sides together",
  },
  {
    title: "an order of axes that names one twice",
    code: `pipe(
      input([3, 28, 32]),
      permute({ dims: [2, 3, 3] }), // here
    )`,
    sentence: "permute: dims [2, 3, 3] is no order of the axes of [3x28x32]: use each of 1 to 3 once",
  },
  {
    title: "axes counted from 0",
    code: `pipe(
      input([3, 28, 32]),
      permute({ dims: [1, 2, 0] }), // here
    )`,
    sentence: "permute: dims [1, 2, 0] is no order of the axes of [3x28x32]: use each of 1 to 3 once",
  },
  {
    title: "an adaptive pooling to nothing",
    code: `pipe(
      input([7, 7, 512]),
      adaptiveAvgPool2d({ outputSize: [1, 0] }), // here
    )`,
    sentence: "adaptiveAvgPool2d: outputSize [1, 0] is no size: use whole numbers from 1 to 999999999",
  },
  {
    title: "an up-sampling beyond all measure",
    code: `pipe(
      input([1000, 1000, 64]),
      upSampling2d({ size: 10 }), // here
    )`,
    sentence:
      "upSampling2d: [10000x10000x64] has more than 999999999 elements: make it smaller, by strides or a pooling",
  },
  {
    title: "a skip that is larger than its partner",
    code: `pipe(
      input([56, 56, 64]),
      (x) => add(input([64, 64, 64]), x), // here
    )`,
    sentence:
      "add: shapes 64x64x64 and 56x56x64 differ in height, 64 and 56: use padding 'same', cropping2d({ cropping: 4 }) on the first or zeroPadding2d of as much on the second",
  },
  {
    title: "a dilation that makes the kernel larger than any input",
    code: `pipe(
      input([28, 28, 1]),
      conv2d({ filters: 8, kernelSize: 500000000, dilationRate: 3 }), // here
    )`,
    sentence:
      "conv2d: kernelSize 500000000 with dilationRate 3 reaches over more than 999999999 cells: use a smaller kernelSize or dilationRate",
  },
  {
    title: "sizes too absurd for the whole sentence",
    code: `pipe(
      input([290, 4738, 3093, 1]),
      conv3d({ filters: 8, kernelSize: 999999999 }), // here
    )`,
    sentence:
      "conv3d: kernel 999999999x999999999x999999999 does not fit input 290x4738x3093: use a smaller kernel, or more padding",
  },
  {
    title: "a softmax over the batch",
    code: `pipe(
      input([28, 10]),
      activation({ name: "softmax", axis: 0 }), // here
    )`,
    sentence:
      "activation: axis 0 of softmax is none of the axes of [28x10]: use 1 to 2 (0 is the batch), or -1 for the last",
  },
  {
    title: "dense over an unknown last axis",
    code: `pipe(
      input([28, null]),
      dense({ units: 10, axis: -1 }), // here
    )`,
    sentence:
      "dense: the last axis of [28x?] is unknown, and the weights' shape depends on it: give it a number in input(...)",
  },
  {
    title: "a merge that Keras would broadcast over another rank",
    code: `add(
      input([28, 28, 8]),
      input([8]), // here
    )`,
    sentence: "add: shapes [28x28x8] and [8] differ in rank: reshape one of them",
  },
];
