/** A model as people see it, layer by layer: what each is called, takes, gives and has; composed layers are one. */
import type { SvertkaError } from "../../errors.js";
import { E, pipe, type Either } from "../../fp.js";
import { operatorOf, registryOf, type GraphBuilder } from "../../compiler/ir/builder.js";
import type { AnyExpr } from "../../dsl/expr.js";
import type { Model } from "../../dsl/model.js";
import type { LayerInfo } from "../../dsl/to-graph.js";
import { walk } from "../../dsl/walk.js";
import { operators } from "../../ops/registry.js";
import type { Trait } from "../../ops/operator.js";
import { outlineOf, type ModelOutline } from "../../run/inference-graph.js";
import { visibleName } from "../../run/layer-output.js";
import { dimText } from "../../shape/text.js";

/** What a layer does, for its colour. */
export type Family = "input" | "weights" | "join" | "window" | "elementwise" | "other";

export interface LayerNode {
  readonly id: number;
  readonly name: string;
  /** `conv2d 3×3, 64 /2`. */
  readonly text: string;
  /** The activation among its options, as `relu`; empty where there is none. */
  readonly activation: string;
  readonly family: Family;
  /** Whether it changes numbers one by one, as activations and normalisations do: it can stand in the box of its input. */
  readonly isLight: boolean;
  /** `28×28×64`. */
  readonly shape: string;
  readonly parameters: number;
  /** Ids of earlier nodes. */
  readonly inputs: readonly number[];
}

/** The options that tell layers of one word apart, in the order in which they are read. */
const sizes = ["kernelSize", "poolSize", "size"] as const;
const counts = ["filters", "units"] as const;

const isNumbers = (value: unknown): value is readonly number[] =>
  Array.isArray(value) && value.every((one) => typeof one === "number");

/** `3×3` of 3 or [3, 3]. */
const sizeText = (value: unknown): string =>
  typeof value === "number" ? `${value}×${value}` : isNumbers(value) ? value.join("×") : "";

/** `/2` of 2 or [2, 2]; nothing of 1. */
const stridesText = (value: unknown): string => {
  if (isNumbers(value)) return value.every((one) => one === value[0]) ? stridesText(value[0]) : `/${value.join("×")}`;
  return typeof value === "number" && value !== 1 ? `/${value}` : "";
};

const layerText = (word: string, options: object): Pick<LayerNode, "text" | "activation"> => {
  const known = new Map<string, unknown>(Object.entries(options));
  const first = (names: readonly string[], text: (value: unknown) => string): string =>
    names.map((name) => text(known.get(name))).find((part) => part !== "") ?? "";
  const details = [
    first(sizes, sizeText),
    first(counts, (value) => (typeof value === "number" ? String(value) : "")),
  ].filter((part) => part !== "");
  const parts = [word, details.join(", "), stridesText(known.get("strides"))];
  const activation = known.get("activation");
  return {
    text: parts.filter((part) => part !== "").join(" "),
    activation: typeof activation === "string" && activation !== "linear" ? activation : "",
  };
};

const isWindow = (traits: ReadonlySet<Trait>): boolean =>
  traits.has("averages") || traits.has("takesGreatest") || traits.has("withinRange");

const familyOf = (traits: ReadonlySet<Trait>, inputs: number): Family => {
  if (traits.has("linear")) return "weights";
  if (inputs > 1) return "join";
  if (isWindow(traits)) return "window";
  return traits.has("elementwise") || traits.has("activation") || traits.has("categoricalProbabilities")
    ? "elementwise"
    : "other";
};

/** What an expression is the value of: a layer or an input, through the blocks around it. */
const originOf = (outputs: readonly AnyExpr[]): ((expr: AnyExpr) => AnyExpr) => {
  const argumentOf = new Map<AnyExpr, AnyExpr>();
  for (const { "~node": node } of walk(outputs))
    if ("placeholder" in node) argumentOf.set(node.placeholder, node.argument);
  return (expr) => {
    let at = expr;
    for (;;) {
      const node = at["~node"];
      const next = "body" in node ? node.body : node.kind === "placeholder" ? argumentOf.get(at) : undefined;
      if (next === undefined) return at;
      at = next;
    }
  };
};

/** Runs of layers that are one to people: parts of a composed layer stand one after the other. */
const applications = (layers: readonly LayerInfo[]): readonly (readonly LayerInfo[])[] => {
  const groups: LayerInfo[][] = [];
  for (const layer of layers) {
    const last = groups.at(-1);
    if (layer.within !== undefined && last?.[0]?.within === layer.within) last.push(layer);
    else groups.push([layer]);
  }
  return groups;
};

const shapeText = (shape: readonly (number | null)[]): string =>
  shape.length === 0 ? "scalar" : shape.map(dimText).join("×");

/** What the operators that a layer became do. */
const traitsOf = (parts: readonly LayerInfo[], builder: GraphBuilder): ReadonlySet<Trait> => {
  const known = registryOf(builder, operators);
  const nodes = parts.flatMap(({ nodes: { first, end } }) =>
    Array.from({ length: end - first }, (_, i) => builder.node(first + i)),
  );
  return new Set(nodes.flatMap(({ op }) => operatorOf(known, op).traits));
};

const nodesOf = (model: Model<unknown, unknown>, { layers, weights, builder }: ModelOutline): readonly LayerNode[] => {
  const { inputs, outputs } = model["~model"];
  const origin = originOf(Object.values(outputs));
  const shapeOf = new Map(weights.map(({ name, shape }) => [name, shape]));
  const counted = new Set<string>();
  const nodes: LayerNode[] = [];
  const idOf = new Map<AnyExpr, number>();
  const place = (exprs: readonly AnyExpr[], node: Omit<LayerNode, "id">): void => {
    for (const expr of exprs) idOf.set(expr, nodes.length);
    nodes.push({ id: nodes.length, ...node });
  };
  for (const [name, expr] of Object.entries(inputs)) {
    const shape = shapeText(expr.shape);
    place([expr], {
      name,
      text: "input",
      activation: "",
      family: "input",
      isLight: false,
      shape,
      parameters: 0,
      inputs: [],
    });
  }
  for (const parts of applications(layers)) {
    const [first] = parts;
    const last = parts.at(-1);
    if (last === undefined || first === undefined) continue;
    const exprs = parts.map(({ expr }) => expr);
    const read = exprs.flatMap(({ "~node": node }) => (node.kind === "layer" ? node.inputs : []));
    const before = read.map(origin).filter((expr) => !exprs.includes(expr));
    const ids = [...new Set(before.flatMap((expr) => idOf.get(expr) ?? []))];
    // Weights and constants that stand as expressions of their own have no place in the flow of data.
    if (ids.length === 0) continue;
    const traits = traitsOf(parts, builder);
    const own = [...new Set(parts.flatMap((part) => part.weights))];
    const fresh = own.filter((weight) => !counted.has(weight));
    for (const weight of fresh) counted.add(weight);
    const shape = shapeText(last.shape);
    const isVector = own.every((weight) => (shapeOf.get(weight)?.length ?? 0) <= 1);
    const keepsShape = ids.every((id) => nodes[id]?.shape === shape);
    place(exprs, {
      name: visibleName(first),
      ...(first.within === undefined
        ? layerText(first.spec.name, first.spec.options)
        : { text: first.within.word, activation: "" }),
      family: familyOf(traits, ids.length),
      isLight: ids.length === 1 && !traits.has("linear") && !isWindow(traits) && isVector && keepsShape,
      shape,
      parameters: fresh.reduce((sum, weight) => sum + (shapeOf.get(weight) ?? []).reduce((a, b) => a * b, 1), 0),
      inputs: ids,
    });
  }
  return nodes;
};

/** The layers in an order in which each comes after what it reads. */
export const layerNodes = (model: Model<unknown, unknown>): Either<SvertkaError, readonly LayerNode[]> =>
  pipe(
    outlineOf(model),
    E.map((outline) => nodesOf(model, outline)),
  );
