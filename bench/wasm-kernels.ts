/**
 * Our own wasm kernels against the way of TensorFlow.js, in turns in one process: least times in milliseconds, and their ratios.
 *
 *     npx jiti bench/wasm-kernels.ts [word that a line's name contains]
 */
import type { BackendWasm } from "@tensorflow/tfjs-backend-wasm";
import { getKernel, type NamedAttrMap, type TensorInfo } from "@tensorflow/tfjs-core";
import { wasmKernels } from "../src/backends/tfjs/wasm/kernels/index.js";
import { loadWasmBackend } from "../src/backends/tfjs/wasm/instance.js";

const backend: BackendWasm = await loadWasmBackend();
const rounds = 25;

const tensor = (...shape: number[]): TensorInfo => {
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Float32Array.from({ length: size }, (_, i) => Math.sin(i * 12.9898) * 2);
  return { dataId: backend.write(values, shape, "float32"), shape, dtype: "float32" };
};
const free = (...tensors: readonly TensorInfo[]): void => {
  for (const { dataId } of tensors) backend.disposeData(dataId);
};

const tfjs = (name: string, inputs: Record<string, TensorInfo>, attrs: NamedAttrMap = {}): TensorInfo => {
  const result = getKernel(name, "wasm").kernelFunc({ inputs, backend, attrs });
  if (Array.isArray(result)) throw new Error(`${name} gives several tensors`);
  return result;
};

/** Lists of inputs by what they are of: a kernel's plan is remembered under its list, as of a program's step. */
const lists = new Map<string, readonly TensorInfo[]>();

const own = (
  name: string,
  given: readonly TensorInfo[],
  shape: readonly number[],
  attributes: Record<string, unknown> = {},
): TensorInfo => {
  const kernel = wasmKernels[name];
  if (kernel === undefined) throw new Error(`no kernel ${name}`);
  const key = JSON.stringify([name, given.map(({ dataId }) => dataId), attributes]);
  const inputs = lists.get(key) ?? given;
  lists.set(key, inputs);
  return kernel.run({ backend, inputs, output: { shape, dtype: "float32" }, attributes });
};

/** Runs the steps of a composition, freeing each intermediate tensor after the next step. */
const chain = (first: TensorInfo, ...steps: readonly ((x: TensorInfo) => TensorInfo)[]): TensorInfo =>
  steps.reduce((x, step) => {
    const result = step(x);
    if (x !== first) free(x);
    return result;
  }, first);

interface Line {
  readonly name: string;
  readonly own: () => TensorInfo;
  readonly others: Readonly<Record<string, () => TensorInfo>>;
  /** Floating-point operations of one call, where the rate is of interest. */
  readonly flops?: number;
}

/** What others do on the machine only adds to a time. */
const least = (times: readonly number[]): number => Math.min(...times);

const measure = ({ name, own: run, others, flops }: Line): void => {
  const ways = [["own", run], ...Object.entries(others)] as const;
  const times = ways.map((): number[] => []);
  for (let round = -3; round < rounds; round++)
    ways.forEach(([, way], i) => {
      const start = performance.now();
      const result = way();
      const time = performance.now() - start;
      free(result);
      if (round >= 0) times[i]?.push(time);
    });
  const [mine = Number.NaN, ...theirs] = times.map(least);
  const rate = flops === undefined ? "" : `  ${(flops / mine / 1e6).toFixed(1)} GFLOP/s`;
  const compared = Object.keys(others).map((other, i) => {
    const time = theirs[i] ?? Number.NaN;
    return `${other} ${time.toFixed(2)} (${(time / mine).toFixed(2)}×)`;
  });
  console.log(`${name.padEnd(44)} own ${mine.toFixed(2).padStart(7)}${rate.padEnd(16)}  ${compared.join("  ")}`);
};

const noPads = [
  [0, 0],
  [0, 0],
];

/** The filter gradient as a convolution of transposed tensors: what facts there are for tfjs's wasm backend. */
const filterGradientLine = (n: number, size: number, ci: number, co: number, kernel: number): Line => {
  const out = size - kernel + 1;
  const [x, dy, w] = [tensor(n, size, size, ci), tensor(n, out, out, co), tensor(kernel, kernel, ci, co)];
  const conv = (filter: TensorInfo) => (image: TensorInfo) =>
    tfjs("Conv2D", { x: image, filter }, { strides: [1, 1], pad: "valid", dataFormat: "NHWC", dilations: [1, 1] });
  const transpose =
    (...perm: number[]) =>
    (t: TensorInfo) =>
      tfjs("Transpose", { x: t }, { perm });
  const attributes = { kernelSize: [kernel, kernel], strides: [1, 1], pads: noPads, dilations: [1, 1], groups: 1 };
  return {
    name: `filter gradient ${n}×${size}×${size}×${ci} → ${co}, ${kernel}×${kernel}`,
    flops: 2 * kernel * kernel * ci * co * n * out * out,
    own: () => own("conv2dFilterGradient", [x, dy], [kernel, kernel, ci, co], attributes),
    others: {
      forward: () => conv(w)(x),
      composition: () => {
        const filter = transpose(1, 2, 0, 3)(dy);
        const result = chain(x, transpose(3, 1, 2, 0), conv(filter), transpose(1, 2, 0, 3));
        free(filter);
        return result;
      },
    },
  };
};

/** A convolution with bias and relu, its kernel packed before, as programs do where it is stable. */
const convLine = (
  n: number,
  size: number,
  ci: number,
  co: number,
  kernel: number,
  { stride = 1, pad = kernel >> 1 }: { readonly stride?: number; readonly pad?: number } = {},
): Line => {
  const out = Math.floor((size + 2 * pad - kernel) / stride) + 1;
  const [x, filter, bias] = [tensor(n, size, size, ci), tensor(kernel, kernel, ci, co), tensor(co)];
  const packed = own("packFilter", [filter], [kernel * kernel * ci * 8 * Math.ceil(co / 8)]);
  const pads = [
    [pad, pad],
    [pad, pad],
  ];
  const slide = { kernelSize: [kernel, kernel], strides: [stride, stride], pads, dilations: [1, 1] };
  const attributes = { ...slide, formula: ["max", "x0", 0], bias: true, residual: false };
  return {
    name: `convolution ${n}×${size}×${size}×${ci} → ${co}, ${kernel}×${kernel}/${stride}`,
    flops: 2 * kernel * kernel * ci * co * n * out * out,
    own: () => own("conv2d", [x, packed, bias], [n, out, out, co], attributes),
    others: {
      FusedConv2D: () =>
        tfjs(
          "FusedConv2D",
          { x, filter, bias },
          {
            strides: [stride, stride],
            pad: pad === 0 ? "valid" : [[0, 0], ...pads, [0, 0]],
            dimRoundingMode: "floor",
            dataFormat: "NHWC",
            dilations: [1, 1],
            activation: "relu",
          },
        ),
    },
  };
};

const depthwiseLine = (n: number, size: number, c: number): Line => {
  const out = size - 2;
  const [x, dy, w] = [tensor(n, size, size, c), tensor(n, out, out, c), tensor(3, 3, c, 1)];
  const attributes = { kernelSize: [3, 3], strides: [1, 1], pads: noPads, dilations: [1, 1], groups: c };
  return {
    name: `depthwise filter gradient ${n}×${size}×${size}×${c}`,
    flops: 2 * 9 * c * n * out * out,
    own: () => own("conv2dFilterGradient", [x, dy], [3, 3, 1, c], attributes),
    others: {
      forward: () =>
        tfjs("DepthwiseConv2dNative", { x, filter: w }, { strides: [1, 1], pad: "valid", dilations: [1, 1] }),
    },
  };
};

const maxPoolLine = (n: number, size: number, c: number, pool: number, stride: number): Line => {
  const attrs = { filterSize: [pool, pool], strides: [stride, stride], pad: "valid" };
  const x = tensor(n, size, size, c);
  const y = tfjs("MaxPool", { x }, attrs);
  const dy = tensor(...y.shape);
  const attributes = { poolSize: [pool, pool], strides: [stride, stride], pads: noPads };
  const slide = { poolSize: [pool, pool], strides: [stride, stride], pads: noPads };
  measure({
    name: `max pool ${n}×${size}×${size}×${c}, ${pool}×${pool}/${stride}`,
    own: () => own("maxPool2d", [x], y.shape, slide),
    others: { MaxPool: () => tfjs("MaxPool", { x }, attrs) },
  });
  return {
    name: `max pool gradient ${n}×${size}×${size}×${c}, ${pool}×${pool}/${stride}`,
    own: () => own("maxPool2dGradient", [x, y, dy], x.shape, attributes),
    others: {
      MaxPoolGrad: () => tfjs("MaxPoolGrad", { dy, input: x, output: y }, attrs),
      forward: () => tfjs("MaxPool", { x }, attrs),
    },
  };
};

const avgPoolLine = (n: number, size: number, c: number, pool: number): Line => {
  const attrs = { filterSize: [pool, pool], strides: [pool, pool], pad: "valid" };
  const x = tensor(n, size, size, c);
  const out = Math.floor(size / pool);
  const dy = tensor(n, out, out, c);
  const attributes = { inputSize: [size, size], poolSize: [pool, pool], strides: [pool, pool], pads: noPads };
  return {
    name: `average pool gradient ${n}×${size}×${size}×${c}, ${pool}×${pool}`,
    own: () => own("avgPool2dGradient", [dy], x.shape, attributes),
    others: { AvgPoolGrad: () => tfjs("AvgPoolGrad", { dy, input: x }, attrs) },
  };
};

const sumLine = (rows: number, c: number): Line => {
  const [x, ones] = [tensor(rows, c), tensor(1, 1, rows)];
  const cube = { ...x, shape: [1, rows, c] };
  return {
    name: `sum over leading axes ${rows}×${c}`,
    own: () => own("reduceSumLeading", [x], [c]),
    others: {
      Sum: () => tfjs("Sum", { x }, { axis: [0], keepDims: false }),
      ones·x: () => tfjs("BatchMatMul", { a: ones, b: cube }, { transposeA: false, transposeB: false }),
    },
  };
};

const matMulLine = (m: number, k: number, n: number, transposeA: boolean, transposeB: boolean): Line => {
  const [a, b] = [tensor(...(transposeA ? [k, m] : [m, k])), tensor(...(transposeB ? [n, k] : [k, n]))];
  const batch = (t: TensorInfo): TensorInfo => ({ ...t, shape: [1, ...t.shape] });
  const transpose = (t: TensorInfo): TensorInfo => tfjs("Transpose", { x: t }, { perm: [0, 2, 1] });
  return {
    name: `${transposeA ? "aᵀ" : "a"} · ${transposeB ? "bᵀ" : "b"}, ${m}×${k}×${n}`,
    flops: 2 * m * k * n,
    own: () => own("matMul", [a, b], [m, n], { transposeA, transposeB }),
    others: {
      BatchMatMul: () => tfjs("BatchMatMul", { a: batch(a), b: batch(b) }, { transposeA, transposeB }),
      "transposed first": () => {
        const [left, right] = [
          transposeA ? transpose(batch(a)) : batch(a),
          transposeB ? transpose(batch(b)) : batch(b),
        ];
        const result = tfjs("BatchMatMul", { a: left, b: right }, { transposeA: false, transposeB: false });
        if (transposeA) free(left);
        if (transposeB) free(right);
        return result;
      },
    },
  };
};

const transposeLine = (rows: number, columns: number): Line => {
  const x = tensor(rows, columns);
  return {
    name: `transpose ${rows}×${columns}`,
    own: () => own("transpose2d", [x], [columns, rows]),
    others: { Transpose: () => tfjs("Transpose", { x }, { perm: [1, 0] }) },
  };
};

const permuteLine = (shape: readonly number[], perm: readonly number[]): Line => {
  const x = tensor(...shape);
  const sizes = perm.map((axis) => shape[axis] ?? 1);
  return {
    name: `transpose ${shape.join("×")} by ${perm.join("")}`,
    own: () => own("transpose", [x], sizes, { perm }),
    others: { Transpose: () => tfjs("Transpose", { x }, { perm: [...perm] }) },
  };
};

const padLine = (pad: number): Line => {
  const x = tensor(64, 11, 11, 64);
  const pads = [
    [pad, pad],
    [pad, pad],
  ];
  return {
    name: `pad 64×11×11×64 by ${pad}`,
    own: () => own("dilatePad", [x], [64, 11 + 2 * pad, 11 + 2 * pad, 64], { strides: [1, 1], pads }),
    others: { PadV2: () => tfjs("PadV2", { x }, { paddings: [[0, 0], ...pads, [0, 0]], constantValue: 0 }) },
  };
};

const elementwiseLines = (): readonly Line[] => {
  const shape = [64, 26, 26, 64];
  const [a, b, bias] = [tensor(...shape), tensor(...shape), tensor(64)];
  const swish = ["div", "x0", ["add", 1, ["exp", ["neg", "x0"]]]];
  const run = (formula: unknown, inputs: readonly TensorInfo[]) => () => own("elementwise", inputs, shape, { formula });
  return [
    {
      name: "relu gradient dy · (y > 0), 2.8 M",
      own: run(["mul", "x0", ["gt", "x1", 0]], [a, b]),
      others: {
        "mul(step)": () =>
          chain(
            b,
            (x) => tfjs("Step", { x }, { alpha: 0 }),
            (s) => tfjs("Multiply", { a, b: s }),
          ),
      },
    },
    {
      name: "add, 2.8 M",
      own: run(["add", "x0", "x1"], [a, b]),
      others: { Add: () => tfjs("Add", { a, b }) },
    },
    {
      name: "relu(x + bias), 2.8 M",
      own: run(["max", ["add", "x0", "x1"], 0], [a, bias]),
      others: {
        "relu(add)": () =>
          chain(
            a,
            (x) => tfjs("Add", { a: x, b: bias }),
            (x) => tfjs("Relu", { x }),
          ),
      },
    },
    {
      name: "x · sigmoid(x), 2.8 M",
      own: run(swish, [a]),
      others: {
        "mul(sigmoid)": () =>
          chain(
            a,
            (x) => tfjs("Sigmoid", { x }),
            (s) => tfjs("Multiply", { a, b: s }),
          ),
      },
    },
    { name: "exp, 2.8 M", own: run(["exp", "x0"], [a]), others: { Exp: () => tfjs("Exp", { x: a }) } },
    { name: "tanh, 2.8 M", own: run(["tanh", "x0"], [a]), others: { Tanh: () => tfjs("Tanh", { x: a }) } },
  ];
};

const makers: readonly (readonly [string, () => readonly Line[]])[] = [
  [
    "conv",
    () => [
      // 1 × 1: MobileNetV2 and ResNet-50
      convLine(1, 112, 32, 16, 1),
      convLine(1, 112, 16, 96, 1),
      convLine(1, 56, 24, 144, 1),
      convLine(1, 28, 32, 192, 1),
      convLine(1, 14, 384, 64, 1),
      convLine(1, 7, 960, 160, 1),
      convLine(1, 7, 320, 1280, 1),
      convLine(1, 56, 64, 256, 1),
      convLine(1, 56, 256, 64, 1),
      convLine(1, 28, 512, 128, 1),
      convLine(1, 14, 256, 1024, 1),
      convLine(1, 7, 2048, 512, 1),
      convLine(1, 56, 256, 512, 1, { stride: 2 }),
      // 3 × 3: ResNet-50, ResNet-20, A3, A5, A7
      convLine(1, 56, 64, 64, 3),
      convLine(1, 28, 128, 128, 3),
      convLine(1, 14, 256, 256, 3),
      convLine(1, 7, 512, 512, 3),
      convLine(1, 56, 128, 128, 3, { stride: 2 }),
      convLine(32, 32, 16, 16, 3),
      convLine(32, 16, 32, 32, 3),
      convLine(32, 8, 64, 64, 3),
      convLine(1, 13, 64, 64, 3, { pad: 0 }),
      convLine(64, 13, 64, 64, 3, { pad: 0 }),
      convLine(1, 64, 32, 64, 3),
      convLine(64, 32, 32, 16, 3),
      // few channels, few filters
      convLine(1, 28, 1, 64, 3, { pad: 0 }),
      convLine(64, 28, 1, 64, 3, { pad: 0 }),
      convLine(1, 224, 3, 32, 3, { stride: 2 }),
      convLine(1, 224, 3, 64, 7, { stride: 2 }),
      convLine(1, 128, 3, 32, 5),
      convLine(1, 64, 32, 1, 3),
      convLine(1, 64, 32, 3, 3),
      convLine(1, 64, 5, 5, 3),
    ],
  ],
  [
    "filter",
    () => [
      filterGradientLine(64, 28, 1, 64, 3),
      filterGradientLine(64, 13, 64, 64, 3),
      filterGradientLine(32, 32, 16, 16, 3),
      filterGradientLine(8, 58, 64, 64, 3),
      filterGradientLine(8, 56, 64, 64, 1),
      filterGradientLine(32, 9, 256, 256, 3),
      filterGradientLine(64, 30, 3, 32, 3),
      depthwiseLine(8, 58, 64),
      depthwiseLine(8, 16, 512),
    ],
  ],
  [
    "pool",
    () => [
      maxPoolLine(64, 26, 64, 2, 2),
      maxPoolLine(64, 11, 64, 2, 2),
      maxPoolLine(16, 56, 64, 3, 2),
      avgPoolLine(64, 26, 64, 2),
    ],
  ],
  ["sum", () => [sumLine(43264, 64), sumLine(7744, 64), sumLine(64, 10), sumLine(43264, 3)]],
  [
    "matmul",
    () => [
      matMulLine(1600, 64, 128, true, false),
      matMulLine(64, 128, 1600, false, true),
      matMulLine(1600, 64, 10, true, false),
      matMulLine(64, 10, 1600, false, true),
      matMulLine(64, 25088, 64, true, false),
      matMulLine(64, 1600, 128, false, false),
      matMulLine(512, 512, 512, false, false),
      matMulLine(512, 512, 512, true, true),
      matMulLine(1, 1280, 1000, false, false),
      transposeLine(1600, 128),
      transposeLine(64, 1600),
      transposeLine(1024, 1024),
    ],
  ],
  [
    "layout",
    () => [
      permuteLine([64, 13, 13, 64], [3, 1, 2, 0]),
      permuteLine([64, 13, 13, 64], [0, 3, 1, 2]),
      permuteLine([64, 13, 13, 64], [1, 2, 0, 3]),
      permuteLine([3, 3, 64, 64], [0, 1, 3, 2]),
      padLine(2),
    ],
  ],
  ["elementwise", elementwiseLines],
];

const wanted = process.argv[2] ?? "";
for (const [name, lines] of makers) if (name.includes(wanted)) for (const line of lines()) measure(line);
