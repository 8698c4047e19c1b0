/** Which layers may begin at a node: options read off its attributes. A guess need not be right, see match.ts. */
import type { Attribute, Node } from "../../../compiler/ir/graph.js";
import { isFormula } from "../../../formula/check.js";
import { parts } from "../../../formula/formula.js";
import { isLayerFunction } from "../../../dsl/layer.js";
import { takesOf } from "../../../dsl/merge.js";
import * as words from "../../../ops/index.js";
import type { Guess } from "./match.js";
import { shapeOfNode } from "./match.js";
import type { Surroundings } from "./surroundings.js";

type Options = Readonly<Record<string, unknown>>;

/** The node where a layer begins, and what is around it. */
export interface Anchor {
  readonly node: Node;
  /** Its inputs that come from the model's. */
  readonly data: readonly Node[];
  readonly around: Surroundings;
}

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((one) => typeof one === "number");
const numbers = (value: Attribute | undefined): readonly number[] => (isNumbers(value) ? value : []);
const pads = (value: Attribute | undefined): readonly (readonly number[])[] =>
  Array.isArray(value) ? value.filter(isNumbers) : [];

/** `3` for `[3, 3]`. */
const compact = (sizes: readonly number[]): number | readonly number[] =>
  sizes.length > 0 && sizes.every((size) => size === sizes[0]) ? (sizes[0] ?? 1) : sizes;

/** `1` for `[[1, 1], [1, 1]]`, `[1, 2]` for `[[1, 1], [2, 2]]`. */
const compactSides = (sides: readonly (readonly number[])[]): unknown =>
  sides.every(([before, after]) => before === after) ? compact(sides.map(([before = 0]) => before)) : sides;

const isZero = (sides: readonly (readonly number[])[]): boolean => sides.flat().every((cells) => cells === 0);

/** The ways to write these cells around an image, the shortest that may hold first. */
const paddings = (sides: readonly (readonly number[])[]): readonly unknown[] =>
  isZero(sides) ? ["valid", "same"] : ["same", compactSides(sides)];

const bias = [true, false].map((useBias) => ({ useBias }));

/** Each of the options with each of the others. */
const each = (some: readonly Options[], others: readonly Options[]): readonly Options[] =>
  some.flatMap((one) => others.map((other) => ({ ...one, ...other })));
const eachPadding = (sides: readonly (readonly number[])[]): readonly Options[] =>
  paddings(sides).map((padding) => ({ padding }));

/** The weight that a node reads, through what only gives it other axes. */
const kernelOf = ({ node, around }: Anchor): readonly number[] => {
  const kernel = around.node(node.inputs[1] ?? -1);
  return kernel === undefined ? [] : kernel.type.shape.map(Number);
};

const slide = ({ node }: Anchor): Options => ({
  strides: compact(numbers(node.attrs["strides"])),
  dilationRate: compact(numbers(node.attrs["dilations"])),
});

const convolutions = (anchor: Anchor): readonly Options[] => {
  const [height = 1, width = 1, , filters = 1] = kernelOf(anchor);
  const groups = Number(anchor.node.attrs["groups"] ?? 1);
  const known = { filters, kernelSize: compact([height, width]), ...slide(anchor), groups };
  return each(each([known], eachPadding(pads(anchor.node.attrs["pads"]))), bias);
};

const transposedConvolutions = (anchor: Anchor): readonly Options[] => {
  const [height = 1, width = 1, filters = 1] = kernelOf(anchor);
  const { groups = 1 } = anchor.node.attrs;
  const known = { filters, kernelSize: compact([height, width]), ...slide(anchor) };
  const sides = pads(anchor.node.attrs["pads"]);
  return groups === 1 ? each(each([known], eachPadding(sides)), bias) : [];
};

const depthwise = (anchor: Anchor): readonly Options[] => {
  const [height = 1, width = 1, , depthMultiplier = 1] = kernelOf(anchor);
  const known = { kernelSize: compact([height, width]), ...slide(anchor), depthMultiplier };
  return each(each([known], eachPadding(pads(anchor.node.attrs["pads"]))), bias);
};

/** A depthwise convolution whose only reader is a pointwise one. */
const separable = (anchor: Anchor): readonly Options[] => {
  const [next, ...others] = anchor.around.readers(anchor.node.id);
  if (next?.op !== "conv2d" || others.length > 0) return [];
  const [height, width, , filters = 1] = kernelOf({ ...anchor, node: next });
  return height === 1 && width === 1 ? depthwise(anchor).map((options) => ({ ...options, filters })) : [];
};

const pools = ({ node }: Anchor): readonly Options[] =>
  each(
    [{ poolSize: compact(numbers(node.attrs["poolSize"])), strides: compact(numbers(node.attrs["strides"])) }],
    eachPadding(pads(node.attrs["pads"])),
  );

/** The only reader, where a layer in one dimension first makes an image of its input: its options in that dimension. */
const inOneDimension =
  (options: (anchor: Anchor) => readonly Options[], axis: 0 | 1) =>
  (anchor: Anchor): readonly Options[] => {
    const [next] = anchor.around.readers(anchor.node.id);
    if (anchor.node.op !== "reshape" || next === undefined || anchor.node.type.shape.length !== 4) return [];
    return options({ ...anchor, node: next }).flatMap((found) =>
      Object.entries(found).reduce<readonly Options[]>(
        (all, [name, value]) => each(all, alongAxis(name, value, axis)),
        [{}],
      ),
    );
  };
const alongAxis = (name: string, value: unknown, axis: 0 | 1): readonly Options[] => {
  if (name === "groups") return value === 1 ? [{}] : [{ groups: value }];
  if (name === "padding" && Array.isArray(value)) {
    const own: unknown = value[axis];
    return [{ padding: "causal" }, { padding: isNumbers(own) && own[0] === own[1] ? own[0] : own }];
  }
  const along: unknown = Array.isArray(value) ? value[axis] : value;
  return [{ [name]: along }];
};

const inlineActivations = ({ node, around }: Anchor): readonly Options[] => {
  const [product] = around.readers(node.id);
  const [biased] = product === undefined ? [] : around.readers(product.id);
  const [after] = biased === undefined ? [] : around.readers(biased.id);
  const names = [biased?.op, after?.op].filter((op) => op !== undefined && op !== "biasAdd" && op !== "reshape");
  return [{}, ...names.map((activation) => ({ activation }))];
};

/** Rows of a product, or axes before the last, which become rows first. */
const products = (anchor: Anchor): readonly Options[] => {
  const { node, around } = anchor;
  if (node.op === "matMul") return each([{ units: kernelOf(anchor)[1] ?? 1 }], bias);
  const [next] = around.readers(node.id);
  if (node.op !== "reshape" || next?.op !== "matMul") return [];
  const units = kernelOf({ ...anchor, node: next })[1] ?? 1;
  return each(each([{ units, axis: -1 }], bias), inlineActivations(anchor));
};

/** gamma and beta that are switched off are constants. */
const affine = ({ node, around }: Anchor): readonly Options[] => {
  const isFixed = (input: number | undefined): boolean => around.node(input ?? -1)?.op === "constant";
  const [, , , gamma, beta] = node.inputs;
  const scales = isFixed(gamma) ? [false, true] : [true];
  const centers = isFixed(beta) ? [false, true] : [true];
  return scales.flatMap((scale) => centers.map((center) => ({ scale, center })));
};

/** The epsilon of the formula in which a normalisation ends, a few nodes on. */
const epsilons = ({ node, around }: Anchor): readonly number[] => {
  const found = new Set<number>();
  const look = (formula: unknown): void => {
    if (!isFormula(formula) || typeof formula !== "object") return;
    const [name, first] = formula;
    if (name === "sqrt" && typeof first === "object" && typeof first[2] === "number") found.add(first[2]);
    parts(formula).forEach(look);
  };
  let near: readonly Node[] = [node];
  for (let step = 0; step < 4; step++) {
    near = [...new Set(near.flatMap(({ id }) => around.readers(id)))];
    for (const { attrs } of near) look(attrs["formula"]);
  }
  return [...found];
};
const normalizations =
  (further: (anchor: Anchor) => readonly Options[]) =>
  (anchor: Anchor): readonly Options[] =>
    each(
      each(
        further(anchor),
        epsilons(anchor).map((epsilon) => ({ epsilon })),
      ),
      [true, false].flatMap((scale) => [true, false].map((center) => ({ scale, center }))),
    );

const groupsOf = ({ node, data: [x] }: Anchor): readonly Options[] => {
  const groups = Number(node.type.shape.at(-2));
  return x === undefined || !Number.isInteger(groups) ? [] : [{ groups }];
};

/** The numbers of x / (bias + alpha · squares)^beta, and how far the sum of squares reaches. */
const responses = ({ node, around }: Anchor): readonly Options[] => {
  let near: readonly Node[] = [node];
  let depthRadius: number | undefined;
  let response: Options | undefined;
  for (let step = 0; step < 4; step++) {
    near = [...new Set(near.flatMap(({ id }) => around.readers(id)))];
    for (const { op, inputs, attrs } of near) {
      const band = op === "matMul" ? around.node(inputs[1] ?? -1)?.attrs["formula"] : undefined;
      if (isFormula(band) && typeof band === "object" && typeof band[1] === "number") depthRadius = band[1];
      const { formula } = attrs;
      if (!isFormula(formula) || typeof formula !== "object" || formula[0] !== "div") continue;
      const [, power] = parts(formula);
      if (typeof power !== "object" || power[0] !== "pow") continue;
      const [sum, beta] = parts(power);
      const [bias, squares] = sum === undefined ? [] : parts(sum);
      const alpha = typeof squares === "object" ? parts(squares).find((one) => typeof one === "number") : 1;
      response = { bias, alpha, beta };
    }
  }
  return response === undefined ? [] : [{ depthRadius, ...response }];
};

/** What is put around, or cut off, all axes but the batch and the channels. */
const borders = (option: string, sides: readonly (readonly number[])[]): readonly Options[] => {
  const inner = sides.slice(1, -1);
  const [only] = inner;
  return [{ [option]: inner.length === 1 && only !== undefined ? compact(only) : compactSides(inner) }];
};
const croppings = ({ node, data: [x] }: Anchor): readonly Options[] => {
  const [begin, size] = [numbers(node.attrs["begin"]), node.type.shape];
  const sides = begin.map((before, axis) => [
    before,
    axis === 0 ? 0 : Number(x?.type.shape[axis]) - before - Number(size[axis]),
  ]);
  return x === undefined ? [] : borders("cropping", sides);
};

const upSamplings = ({ node, data: [x], around }: Anchor): readonly Options[] => {
  const grown = node.op === "avgPool2dGradient" ? node : around.readers(node.id)[0];
  const sizes = numbers(grown?.attrs["inputSize"]);
  const size = compact(sizes.map((one, i) => one / Number(x?.type.shape[i + 1])));
  return grown?.op === "avgPool2dGradient"
    ? ["bilinear", "nearest"].map((interpolation) => ({ size, interpolation }))
    : [];
};

const sharedAxes = (anchor: Anchor): readonly Options[] => {
  const shape = kernelOf(anchor);
  const shared = shape.flatMap((size, axis) => (size === 1 ? [axis + 1] : []));
  return [{}, { sharedAxes: shared }];
};

/** For the word of a layer of options: the operator where it begins, and the options that it may have there. */
const tables: readonly (readonly [
  ops: readonly string[],
  word: string,
  options: (anchor: Anchor) => readonly Options[],
])[] = [
  [["depthwiseConv2d"], "separableConv2d", separable],
  [["depthwiseConv2d"], "depthwiseConv2d", depthwise],
  [["conv2d"], "conv2d", convolutions],
  [["conv2dInputGradient"], "conv2dTranspose", transposedConvolutions],
  [["reshape"], "conv1d", inOneDimension(convolutions, 1)],
  [["reshape"], "separableConv1d", inOneDimension(separable, 1)],
  [["reshape"], "depthwiseConv1d", inOneDimension(depthwise, 1)],
  [["reshape"], "conv1dTranspose", inOneDimension(transposedConvolutions, 1)],
  [["reshape"], "maxPool1d", inOneDimension(pools, 0)],
  [["reshape"], "avgPool1d", inOneDimension(pools, 0)],
  [["matMul", "reshape"], "dense", products],
  [["maxPool2d"], "maxPool2d", pools],
  [["avgPool2d"], "avgPool2d", pools],
  [["avgPool2d"], "sumPool2d", pools],
  [
    ["batchNormalization"],
    "batchNormalization",
    (anchor) => each(affine(anchor), [{ epsilon: anchor.node.attrs["epsilon"] }]),
  ],
  [
    ["reduceMean"],
    "layerNormalization",
    normalizations(({ node }) => [{ axis: compact(numbers(node.attrs["axes"])) }]),
  ],
  [["reduceMean"], "instanceNormalization", normalizations(() => [{}])],
  [["reshape"], "groupNormalization", normalizations(groupsOf)],
  [["reshape"], "localResponseNormalization", responses],
  [["pad"], "zeroPadding2d", ({ node }) => borders("padding", pads(node.attrs["pads"]))],
  [["pad"], "zeroPadding1d", ({ node }) => borders("padding", pads(node.attrs["pads"]))],
  [["pad"], "zeroPadding3d", ({ node }) => borders("padding", pads(node.attrs["pads"]))],
  [["slice"], "cropping2d", croppings],
  [["slice"], "cropping1d", croppings],
  [["slice"], "cropping3d", croppings],
  [["elementwise", "avgPool2dGradient"], "upSampling2d", upSamplings],
  [["prelu"], "prelu", sharedAxes],
  [["transpose"], "permute", ({ node }) => [{ dims: numbers(node.attrs["permutation"]).slice(1) }]],
  [["reshape"], "reshape", ({ node }) => [{ targetShape: shapeOfNode(node) }]],
  [["reshape"], "maxout", ({ node }) => [{ units: Number(node.type.shape.at(-2)) }]],
  [
    ["transpose"],
    "activation",
    ({ node, data: [x], around }) =>
      around.readers(node.id).map(({ op }) => ({
        name: op,
        axis: numbers(node.attrs["permutation"]).at(-1) ?? Number(x?.type.shape.length),
      })),
  ],
];

/** Layers that are values, merges, and functions that take an operator's own attributes: found in the DSL's namespace. */
const plainWords: readonly string[] = Object.entries<unknown>(words).flatMap(([word, value]) =>
  isLayerFunction(value) ? [word] : [],
);
const mergeWords: readonly string[] = Object.entries<unknown>(words).flatMap(([word, value]) =>
  takesOf(value) === undefined ? [] : [word],
);

/** All guesses for a node, the plainest first. */
export function* guessesAt(anchor: Anchor): Generator<Guess, void> {
  const { node, data } = anchor;
  const [x] = data;
  if (x === undefined) return;
  if (data.length > 1 && data.length === node.inputs.length)
    for (const word of mergeWords)
      for (const options of [{}, { broadcast: true }, ...("axis" in node.attrs ? [{ axis: node.attrs["axis"] }] : [])])
        yield { word, options, inputs: data };
  if (data.length !== 1) return;
  for (const word of plainWords) yield { word, options: {}, inputs: [x] };
  for (const [ops, word, options] of tables)
    if (ops.includes(node.op)) for (const one of options(anchor)) yield { word, options: one, inputs: [x] };
  if (node.inputs.length > 1) return;
  yield { word: node.op, options: node.attrs, inputs: [x] };
  yield { word: "activation", options: { name: node.op, ...node.attrs }, inputs: [x] };
}
