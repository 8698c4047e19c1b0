/**
 * Source before it is text: bodies of expressions, which are chains of steps. Numbers in steps are leaves, texts that may
 * become a function's parameters; what is left of a step without them is its key: steps of one key differ in numbers only.
 */
import type { Shape } from "../../shape/shape.js";
import type { LayerCall } from "../layers/layer-graph.js";

/** An option's value: fixed text, a number by its place among the leaves, or a list of such. */
export type Term =
  | { readonly kind: "text"; readonly text: string }
  | { readonly kind: "leaf"; readonly leaf: number }
  | { readonly kind: "list"; readonly items: readonly Term[] };

export interface Option {
  readonly name: string;
  readonly value: Term;
  /** The texts of its leaves where they are the default, so that it is left out; undefined where it has none. */
  readonly byDefault: readonly string[] | undefined;
}

/** An application of a layer to one value. */
export interface LayerStep {
  readonly kind: "layer";
  readonly call: LayerCall;
  options: readonly Option[];
  /** Whether the word is a function of options, and no layer itself. */
  readonly hasOptions: boolean;
  leaves: string[];
}

/** The same layer, with the same weights, that a constant holds. */
export interface SharedStep {
  readonly kind: "shared";
  readonly call: LayerCall;
  readonly name: string;
}

/** A function of tensors, of one value and of weights and constants. */
export interface OperationStep {
  readonly kind: "operation";
  readonly call: LayerCall;
  /** For each input: undefined for the value, else what holds it. */
  readonly operands: readonly (string | undefined)[];
}

/** A value that forks and is merged again. */
export interface RegionStep {
  readonly kind: "region";
  readonly call: LayerCall;
  readonly body: Body;
}

/** A call of a function that was found. */
export interface CallStep {
  readonly kind: "call";
  readonly call: LayerCall;
  readonly block: Block;
  leaves: string[];
}

/** `call` is the last layer that it applies: its value, shape and name are those of the step. */
export type Step = LayerStep | SharedStep | OperationStep | RegionStep | CallStep;

/** A value: what it begins with, and what is then applied. */
export interface Tree {
  readonly start:
    | { readonly kind: "reference"; readonly value: string }
    | {
        readonly kind: "merge";
        readonly call: LayerCall;
        readonly inputs: readonly Tree[];
        readonly operands: readonly (string | undefined)[];
      };
  readonly steps: Step[];
}

export interface Local {
  readonly value: string;
  readonly tree: Tree;
}

/** Values that are read more than once, then what is given back. */
export interface Body {
  /** The value that it takes; undefined for the whole model. */
  readonly argument: string | undefined;
  readonly locals: readonly Local[];
  readonly results: readonly Tree[];
}

/** A function that was found: steps with parameters among their leaves. */
export interface Block {
  readonly id: number;
  /** Given when all are found. */
  name: string;
  readonly parameters: readonly string[];
  readonly steps: Step[];
}

export const treesOf = (body: Body): readonly Tree[] => [...body.locals.map(({ tree }) => tree), ...body.results];

/** All chains in a body, also those inside its steps. */
export const chainsOf = (body: Body): readonly Step[][] => treesOf(body).flatMap(chainsOfTree);
const chainsOfTree = (tree: Tree): readonly Step[][] => [
  ...(tree.start.kind === "merge" ? tree.start.inputs.flatMap(chainsOfTree) : []),
  tree.steps,
  ...chainsInside(tree.steps),
];
/** The chains inside steps. */
export const chainsInside = (steps: readonly Step[]): readonly Step[][] =>
  steps.flatMap((step) => (step.kind === "region" ? chainsOf(step.body) : []));

/** What a step is but for its numbers; undefined where no other can be like it. */
export const keyOf = (step: Step): string | undefined => {
  switch (step.kind) {
    case "layer":
      return `${step.call.frozen ? "frozen " : ""}${step.call.word}(${step.options.map((one) => `${one.name}: ${termKey(one.value)}`).join()})`;
    case "shared":
      return `shared ${step.name}`;
    case "operation":
      return undefined;
    case "call":
      return `call ${step.block.id}`;
    case "region":
      return bodyKey(step.body);
  }
};

const termKey = (term: Term): string =>
  term.kind === "text" ? term.text : term.kind === "leaf" ? "#" : `[${term.items.map(termKey).join()}]`;

const bodyKey = (body: Body): string | undefined => {
  const places = new Map<string, number>([[body.argument ?? "", 0]]);
  body.locals.forEach(({ value }, i) => places.set(value, i + 1));
  const keys = treesOf(body).map((tree) => treeKey(tree, places));
  return keys.includes(undefined) ? undefined : `{${keys.join("; ")}}`;
};

const treeKey = (tree: Tree, places: ReadonlyMap<string, number>): string | undefined => {
  const steps = tree.steps.map(keyOf);
  const start = startKey(tree.start, places);
  return start === undefined || steps.includes(undefined) ? undefined : [start, ...steps].join(" > ");
};

const startKey = (start: Tree["start"], places: ReadonlyMap<string, number>): string | undefined => {
  if (start.kind === "reference") {
    const place = places.get(start.value);
    return place === undefined ? undefined : `@${place}`;
  }
  if (start.operands.some((operand) => operand !== undefined)) return undefined;
  const inputs = start.inputs.map((tree) => treeKey(tree, places));
  const { word, options, arguments: given } = start.call;
  return inputs.includes(undefined) ? undefined : `${word}${JSON.stringify([options, given])}(${inputs.join(", ")})`;
};

/** The steps that have leaves, also those inside others, in the order of the leaves. */
export const leafSteps = (steps: readonly Step[]): readonly (LayerStep | CallStep)[] =>
  steps.flatMap((step) => {
    if (step.kind === "layer" || step.kind === "call") return [step];
    return step.kind === "region" ? treesOf(step.body).flatMap(leafStepsOfTree) : [];
  });
const leafStepsOfTree = (tree: Tree): readonly (LayerStep | CallStep)[] => [
  ...(tree.start.kind === "merge" ? tree.start.inputs.flatMap(leafStepsOfTree) : []),
  ...leafSteps(tree.steps),
];

/** The numbers in steps, in order. */
export const leavesOf = (steps: readonly Step[]): readonly string[] => leafSteps(steps).flatMap(({ leaves }) => leaves);

/** The places among its leaves that an option's value has. */
export const leafPlaces = (term: Term): readonly number[] =>
  term.kind === "leaf" ? [term.leaf] : term.kind === "list" ? term.items.flatMap(leafPlaces) : [];

/** The steps again with other leaves, taken in order. */
export const withLeaves = (steps: readonly Step[], leaves: readonly string[]): Step[] => {
  let next = 0;
  const take = (count: number): string[] => {
    next += count;
    return leaves.slice(next - count, next);
  };
  const ofSteps = (some: readonly Step[]): Step[] => some.map(ofStep);
  const ofStep = (step: Step): Step => {
    if (step.kind === "layer" || step.kind === "call") return { ...step, leaves: take(step.leaves.length) };
    return step.kind === "region" ? { ...step, body: ofBody(step.body) } : step;
  };
  const ofTree = ({ start, steps: own }: Tree): Tree => {
    const begun = start.kind === "merge" ? { ...start, inputs: start.inputs.map(ofTree) } : start;
    return { start: begun, steps: ofSteps(own) };
  };
  const ofBody = (body: Body): Body => ({
    ...body,
    locals: body.locals.map(({ value, tree }) => ({ value, tree: ofTree(tree) })),
    results: body.results.map(ofTree),
  });
  return ofSteps(steps);
};

/** How many things a reader sees in steps. */
export const sizeOfSteps = (steps: readonly Step[]): number => steps.reduce((sum, step) => sum + sizeOf(step), 0);
const sizeOf = (step: Step): number =>
  step.kind === "region" ? treesOf(step.body).reduce((sum, tree) => sum + sizeOfTree(tree), 0) : 1;
const sizeOfTree = (tree: Tree): number =>
  sizeOfSteps(tree.steps) +
  (tree.start.kind === "merge" ? tree.start.inputs.reduce((sum, one) => sum + sizeOfTree(one), 1) : 0);

/** The branch beside the value itself that a region adds to it: x + branch(x); undefined for other regions. */
export const skipOf = (body: Body): readonly Step[] | undefined => {
  const [result] = body.results;
  if (result === undefined || body.locals.length > 0 || result.steps.length > 0 || result.start.kind !== "merge")
    return undefined;
  const { call, inputs } = result.start;
  const [a, b] = inputs;
  if (call.word !== "add" || Object.keys(call.options).length > 0 || inputs.length !== 2) return undefined;
  const isArgument = (tree: Tree | undefined): boolean =>
    tree?.start.kind === "reference" && tree.start.value === body.argument && tree.steps.length === 0;
  const branch = isArgument(a) ? b : isArgument(b) ? a : undefined;
  return branch?.start.kind === "reference" && branch.start.value === body.argument && branch.steps.length > 0
    ? branch.steps
    : undefined;
};

/** Whether steps are layers, which `sequential` takes, and no functions of expressions. */
export const areLayers = (steps: readonly Step[]): boolean => steps.every(isLayer);
const isLayer = (step: Step): boolean => {
  switch (step.kind) {
    case "layer":
    case "shared":
      return true;
    case "operation":
      return false;
    case "call":
      return areLayers(step.block.steps);
    case "region": {
      const skip = skipOf(step.body);
      return skip !== undefined && areLayers(skip);
    }
  }
};

export const shapeAfter = (step: Step): Shape => step.call.shape;
