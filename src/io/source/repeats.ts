/** Repeated steps become functions: always the repetition that saves most, until none is worth it. */
import { isLayerFunction } from "../../dsl/layer.js";
import * as words from "../../ops/index.js";
import { Identifiers } from "./identifiers.js";
import {
  chainsInside,
  chainsOf,
  keyOf,
  leafPlaces,
  leafSteps,
  leavesOf,
  sizeOfSteps,
  skipOf,
  treesOf,
  withLeaves,
  type Block,
  type Body,
  type Step,
} from "./terms.js";

/** Steps in a function, at most, and its parameters. */
const mostSteps = 12;
const mostParameters = 5;
/** From this size on a repetition gains no more by being larger. */
const largeEnough = 4;
/** What a function must save, in things to read. */
const leastSaved = 2;
/** The same function so often in a row may have a name. */
const shortestRun = 4;
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

/** Whether a step has numbers of its own; those without belong to what is before them, as an activation does. */
const hasNumbers = (step: Step | undefined): boolean => {
  if (step?.kind === "layer") {
    let place = 0;
    return step.options.some(({ value, byDefault }) => {
      const own = step.leaves.slice(place, (place += leafPlaces(value).length));
      return own.length > 0 && byDefault?.join() !== own.join();
    });
  }
  return step?.kind !== "call" || step.leaves.length > 0 || hasNumbers(step.block.steps[0]);
};

const hasWeights = (step: Step | undefined): boolean =>
  step !== undefined && (step.kind !== "layer" || Object.keys(step.call.weights).length > 0);

/** Whether the steps are cut off from what they belong to; what normalises the sum of a block may begin the next one. */
const isBadCut = ({ chain, start }: Occurrence): boolean => {
  const [before, first] = [chain[start - 1], chain[start]];
  return before !== undefined && !hasNumbers(first) && !(hasMerges(before) && hasWeights(first));
};

/** Whether a step forks and merges. */
const hasMerges = (step: Step): boolean =>
  step.kind === "region" || (step.kind === "call" && step.block.steps.some(hasMerges));

const isRun = (steps: readonly Step[]): boolean => steps.length > 1 && new Set(steps.map(keyOf)).size === 1;

/** Steps of which some are a function twice in a row: a part of a longer run, or a run with something after it. */
const isBrokenRun = (steps: readonly Step[]): boolean => {
  const keys = steps.map(keyOf);
  const pairs = steps.filter(
    (step, i) => i > 0 && (step.kind === "call" || step.kind === "region") && keys[i] === keys[i - 1],
  );
  return pairs.length > 0 && (pairs.length < steps.length - 1 || steps.length < shortestRun);
};

const repetitionOf = (length: number, occurrences: readonly Occurrence[]): Repetition | undefined => {
  const steps = occurrences[0] === undefined ? [] : stepsAt(occurrences[0], length);
  const size = sizeOfSteps(steps);
  if (size < 2 || isBrokenRun(steps) || (!isRun(steps) && steps.filter(hasMerges).length > 1)) return undefined;
  const columns = columnsOf(occurrences.map((one) => leavesOf(stepsAt(one, length))));
  if (columns.length > mostParameters) return undefined;
  const count = occurrences.length;
  // A function's line, its parameters, and each argument are read, too.
  const cost = leastSaved + columns.length / 2 + (count * columns.length) / 8;
  const badCuts = occurrences.filter(isBadCut).length;
  // What is small and often repeated comes first; larger functions are then made of it. Of equal ones the larger is taken.
  return {
    length,
    occurrences,
    columns,
    saved: (count - 1) * (Math.min(size, largeEnough) - 1) + size / 1000 - cost - badCuts,
  };
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

/** What the leaves of steps are called: as the options whose numbers they are. */
const leafNames = (steps: readonly Step[]): readonly string[] =>
  leafSteps(steps).flatMap((step) =>
    step.kind === "call"
      ? step.block.parameters
      : step.options.flatMap(({ name, value }) => leafPlaces(value).map(() => name)),
  );

/** What a person would call such steps. */
const nameOf = (steps: readonly Step[]): string => {
  const [first, ...others] = steps;
  if (first?.kind === "call" && others.length > 0 && others.every((step) => keyOf(step) === keyOf(first)))
    return `${first.block.name}Times${steps.length}`;
  const found = wordsIn(steps);
  const has = (pattern: RegExp): boolean => found.some((word) => pattern.test(word));
  const merges = steps.flatMap(mergeWords);
  const [last] = found.toReversed();
  const end = last !== undefined && activationWords.has(last) && found.length > 1 ? capital(last) : "";
  if (steps.some((step) => step.kind === "shared")) return "tower";
  if (merges.includes("add")) return "projectionBlock";
  if (merges.includes("skip")) return "residualBlock";
  if (merges.includes("concatenate")) return steps.some((step) => step.kind === "region") ? "denseUnit" : "section";
  if (merges.includes("many")) return "inceptionBlock";
  if (merges.includes("multiply")) return has(/^(?:conv|depthwise)/) ? "gatedBlock" : "gate";
  if (merges.length > 0) return "block";
  if (has(/^depthwise/) && has(/^conv/)) return "bottleneck";
  if (has(/^depthwise/)) return `depthwise${end}`;
  if (has(/^separable/)) return `separable${end}`;
  const convolutions = found.filter((word) => word.startsWith("conv")).length;
  if (convolutions > 0) return convolutions === 1 ? `convolution${end}` : "convolutions";
  return found.length <= 2 ? found.map((word, i) => (i === 0 ? word : capital(word))).join("") : "block";
};

const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);

/** Activations: layers that are values and one operator of that name. */
const activationWords: ReadonlySet<string> = new Set(
  Object.entries<unknown>(words).flatMap(([name, value]) =>
    isLayerFunction(value) && Object.hasOwn(words, `${name}Operator`) ? [name] : [],
  ),
);

/** All words in steps, in order. */
const wordsIn = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap((step) => {
    if (step.kind === "region") return chainsOf(step.body).flatMap(wordsIn);
    return step.kind === "call" ? wordsIn(step.block.steps) : [step.call.word];
  });
/** The words of merges in steps; `skip` for x + f(x), `many` for a concatenation of more than two. */
const mergeWords = (step: Step): readonly string[] => {
  if (step.kind === "call") return step.block.steps.flatMap(mergeWords);
  if (step.kind !== "region") return [];
  const inner = chainsOf(step.body).flat().flatMap(mergeWords);
  if (skipOf(step.body) !== undefined) return ["skip", ...inner];
  const own = treesOf(step.body).flatMap(({ start }) => {
    if (start.kind !== "merge") return [];
    return [start.call.word === "concatenate" && start.inputs.length > 2 ? "many" : start.call.word];
  });
  return [...own, ...inner];
};

/** Takes repeated steps out of a body, and out of each other; the functions in the order in which they are to be written. */
export const takeRepeats = (body: Body, identifiers: Identifiers): readonly Block[] => {
  const blocks: Block[] = [];
  while (blocks.length < mostBlocks) {
    const chains = [...chainsOf(body), ...blocks.flatMap(({ steps }) => [steps, ...chainsInside(steps)])];
    let best: Repetition | undefined;
    for (const one of repetitions(chains)) if (one.saved > Math.max(0, best?.saved ?? 0)) best = one;
    if (best === undefined) break;
    blocks.push(replaced(best, blocks.length));
  }
  const ordered = inOrder(blocks);
  for (const block of ordered) block.name = identifiers.fresh(nameOf(block.steps));
  return ordered;
};

/** What is a default depends on other options: in a function an option is left out only where it could be in every occurrence. */
const keepCommonDefaults = (steps: readonly Step[], occurrences: readonly (readonly Step[])[]): void => {
  const others = occurrences.map(leafSteps);
  leafSteps(steps).forEach((step, i) => {
    if (step.kind !== "layer") return;
    step.options = step.options.map((option, place) => {
      const isCommon = others.every((own) => {
        const there = own[i];
        return there?.kind === "layer" && there.options[place]?.byDefault?.join() === option.byDefault?.join();
      });
      return isCommon ? option : { ...option, byDefault: undefined };
    });
  });
};

/** Makes the function and puts its calls in the place of the steps. */
const replaced = ({ length, occurrences, columns }: Repetition, id: number): Block => {
  const [model] = occurrences;
  const steps = model === undefined ? [] : stepsAt(model, length);
  const names = new Identifiers();
  const options = leafNames(steps);
  const parameters = columns.map(({ places }) => names.fresh(options[places[0] ?? 0] ?? "size"));
  const leaves = [...leavesOf(steps)];
  columns.forEach(({ places }, i) => places.forEach((place) => (leaves[place] = parameters[i] ?? "")));
  const block: Block = { id, name: "", parameters, steps: withLeaves(steps, leaves) };
  keepCommonDefaults(
    block.steps,
    occurrences.map((one) => stepsAt(one, length)),
  );
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
    [block.steps, ...chainsInside(block.steps)]
      .flat()
      .forEach((step) => (step.kind === "call" ? visit(step.block) : undefined));
    done.add(block);
  };
  blocks.forEach(visit);
  return [...done];
};
