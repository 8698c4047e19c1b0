/** Repeated steps become functions: always the repetition that saves most, until none is worth it. */
import { Identifiers } from "./identifiers.js";
import { chainsInside, chainsOf, keyOf, leavesOf, sizeOfSteps, withLeaves, type Block, type Body, type Step } from "./terms.js";

/** Steps in a function, at most, and its parameters. */
const mostSteps = 12;
const mostParameters = 5;
/** Functions that are found, at most. */
const mostBlocks = 24;

interface Occurrence {
  readonly chain: Step[];
  readonly start: number;
}

interface Repetition {
  readonly length: number;
  readonly occurrences: readonly Occurrence[];
  readonly columns: readonly Column[];
  readonly saved: number;
}

/** Places among the leaves that always hold the same numbers as each other, and the texts there, one an occurrence. */
interface Column {
  readonly places: readonly number[];
  readonly texts: readonly string[];
}

const stepsAt = ({ chain, start }: Occurrence, length: number): readonly Step[] => chain.slice(start, start + length);

const isNumber = (text: string): boolean => /^-?[\d.]/.test(text);

/** The leaves that differ, those that differ alike together. */
const columnsOf = (rows: readonly (readonly string[])[]): readonly Column[] => {
  const columns = new Map<string, { places: number[]; texts: readonly string[] }>();
  const [first = []] = rows;
  first.forEach((text, place) => {
    const texts = rows.map((row) => row[place] ?? "");
    // A parameter of the function around is no number of this one.
    if (isNumber(text) && texts.every((one) => one === text)) return;
    const key = texts.join();
    const known = columns.get(key);
    if (known === undefined) columns.set(key, { places: [place], texts });
    else known.places.push(place);
  });
  return [...columns.values()];
};

const hasWeights = (step: Step | undefined): boolean =>
  step !== undefined && (step.kind !== "layer" || Object.keys(step.call.weights).length > 0);

const repetitionOf = (length: number, occurrences: readonly Occurrence[]): Repetition | undefined => {
  const steps = occurrences[0] === undefined ? [] : stepsAt(occurrences[0], length);
  const size = sizeOfSteps(steps);
  if (size < 2) return undefined;
  const columns = columnsOf(occurrences.map((one) => leavesOf(stepsAt(one, length))));
  if (columns.length > mostParameters) return undefined;
  const count = occurrences.length;
  // A function's line, its parameters, and each argument are read, too.
  const cost = 1 + columns.length / 2 + (count * columns.length) / 5;
  // Of the ways to cut a long repetition the one that begins with what has weights reads best.
  const badCut = !hasWeights(steps[0]) && hasWeights(steps.at(-1)) ? 1 : 0;
  return { length, occurrences, columns, saved: (count - 1) * (size - 1) - cost - badCut };
};

/** All repetitions in chains. */
const repetitions = (chains: readonly Step[][]): readonly Repetition[] => {
  const found = new Map<string, { length: number; occurrences: Occurrence[] }>();
  for (const chain of chains) {
    const keys = chain.map(keyOf);
    for (let start = 0; start < chain.length; start++) {
      let key = "";
      for (let length = 1; length <= Math.min(mostSteps, chain.length - start); length++) {
        const next = keys[start + length - 1];
        if (next === undefined) break;
        key += ` | ${next}`;
        const known = found.get(key) ?? { length, occurrences: [] };
        const last = known.occurrences.at(-1);
        // Occurrences in one chain must not overlap.
        if (last?.chain !== chain || last.start + length <= start) known.occurrences.push({ chain, start });
        found.set(key, known);
      }
    }
  }
  return [...found.values()].flatMap(({ length, occurrences }) =>
    occurrences.length < 2 ? [] : (repetitionOf(length, occurrences) ?? []),
  );
};

/** What a leaf is called in a layer: the option's name. */
const leafNames = (steps: readonly Step[]): readonly string[] => {
  const names: string[] = [];
  const ofSteps = (some: readonly Step[]): void => {
    for (const step of some) {
      if (step.kind === "call") names.push(...step.block.parameters);
      if (step.kind === "region") chainsOf(step.body).forEach(ofSteps);
      if (step.kind !== "layer") continue;
      for (const option of step.options) {
        const leaves = (option.value.kind === "list" ? option.value.items : [option.value]).flatMap((term) =>
          term.kind === "leaf" ? [term.leaf] : [],
        );
        for (const leaf of leaves) names[names.length - 0] = option.name + (leaves.length > 1 && leaf < 0 ? "" : "");
      }
    }
  };
  ofSteps(steps);
  return names;
};

/** What a person would call such steps. */
const nameOf = (steps: readonly Step[]): string => {
  const words = wordsIn(steps);
  const has = (pattern: RegExp): boolean => words.some((word) => pattern.test(word));
  if (steps.some((step) => step.kind === "region")) {
    if (has(/^multiply/) && !has(/conv2d$/i)) return "gate";
    if (has(/^concatenate/) && !has(/^add/)) return "branches";
    return has(/^add/) ? "residualBlock" : "block";
  }
  if (has(/^separable/)) return "separable";
  if (has(/^depthwise/)) return has(/^conv/) ? "block" : "depthwise";
  if (words.filter((word) => /^conv/.test(word)).length === 1) return "convolution";
  return has(/^dense/) ? "fullyConnected" : "block";
};
const wordsIn = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap((step) => {
    if (step.kind === "region") return [...mergeWords(step.body), ...chainsOf(step.body).flatMap(wordsIn)];
    return step.kind === "call" ? wordsIn(step.block.steps) : [step.call.word];
  });
const mergeWords = (body: Body): readonly string[] =>
  [...body.locals.map(({ tree }) => tree), ...body.results].flatMap(({ start }) => (start.kind === "merge" ? [start.call.word] : []));

/** Takes repeated steps out of a body, and out of each other; the functions in the order in which they are to be written. */
export const takeRepeats = (body: Body, identifiers: Identifiers): readonly Block[] => {
  const blocks: Block[] = [];
  while (blocks.length < mostBlocks) {
    const chains = [...chainsOf(body), ...blocks.flatMap(({ steps }) => [steps, ...chainsInside(steps)])];
    let best: Repetition | undefined;
    for (const one of repetitions(chains)) if (one.saved > Math.max(0, best?.saved ?? 0)) best = one;
    if (best === undefined) break;
    blocks.push(replaced(best, identifiers));
  }
  return inOrder(blocks);
};

/** Makes the function and puts its calls in the place of the steps. */
const replaced = ({ length, occurrences, columns }: Repetition, identifiers: Identifiers): Block => {
  const [model] = occurrences;
  const steps = model === undefined ? [] : stepsAt(model, length);
  const names = new Identifiers();
  const options = leafNames(steps);
  const parameters = columns.map(({ places }) => names.fresh(options[places[0] ?? 0] ?? "size"));
  const leaves = [...leavesOf(steps)];
  columns.forEach(({ places }, i) => places.forEach((place) => (leaves[place] = parameters[i] ?? "")));
  const block: Block = { name: identifiers.fresh(nameOf(steps)), parameters, steps: withLeaves(steps, leaves) };
  // From the end, so that places of earlier occurrences in a chain stay.
  const last = occurrences.map((one, i) => ({ ...one, i })).toReversed();
  for (const { chain, start, i } of last) {
    const end = chain[start + length - 1];
    if (end === undefined) continue;
    const call: Step = { kind: "call", call: end.call, block, leaves: columns.map(({ texts }) => texts[i] ?? "") };
    chain.splice(start, length, call);
  }
  return block;
};

/** Each function after those that it calls. */
const inOrder = (blocks: readonly Block[]): readonly Block[] => {
  const done = new Set<Block>();
  const visit = (block: Block): void => {
    if (done.has(block)) return;
    [block.steps, ...chainsInside(block.steps)].flat().forEach((step) => (step.kind === "call" ? visit(step.block) : undefined));
    done.add(block);
  };
  blocks.forEach(visit);
  return [...done];
};
