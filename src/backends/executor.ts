/** Runs programs on a device: no tape, no tensors in between, every buffer freed at its last use. */
import { invariant } from "../errors.js";
import { fillsOf, readsOf, type Program, type Step } from "../compiler/lowering/program.js";
import type { ConcreteType } from "../ops/operator.js";
import type { Buffer, Feeds, InputTypes, KernelDevice, Results } from "./backend.js";

/** A program with what it computes once kept ready. */
export interface LoadedProgram {
  readonly program: Program;
  readonly run: (feeds: Feeds) => Results;
  /** Releases what was kept. */
  readonly dispose: () => void;
}

type Slots = (Buffer | undefined)[];

/** A step made ready: what it needs beside the slots is in it. */
type BoundStep = (slots: Slots) => void;

/** Runs the preparing steps, and makes the others ready; `feeds` must hold the weights when they are stable. */
export const loadProgram = (device: KernelDevice, program: Program, feeds: Feeds): LoadedProgram => {
  const types = new Map(program.feeds.map(({ slot, type }) => [slot, type]));
  const prepare = bindSteps(device, program.prepare, types);
  const steps = bindSteps(device, program.steps, types);
  const start: Slots = Array.from({ length: program.slots });
  for (const { kind, name, slot } of program.feeds) if (kind !== "input") start[slot] = feeds[kind](name);
  runSteps(device, prepare, start);
  const kept = program.prepared.map((slot) => [slot, bufferAt(start, slot)] as const);
  const before: Slots = Array.from({ length: program.slots });
  for (const [slot, buffer] of kept) before[slot] = buffer;
  const read = new Set([...program.steps.flatMap(readsOf), ...program.outputs.map(({ slot }) => slot)]);
  const fed = program.feeds.filter(({ slot }) => read.has(slot));
  const borrowed = new Set([...program.feeds.map(({ slot }) => slot), ...program.prepared]);
  const results = program.outputs.map(({ slot }) => slot);
  const made = [...new Set(results)].filter((slot) => !borrowed.has(slot));
  return {
    program,
    run: (next) => {
      const slots = before.slice();
      for (const { kind, name, slot } of fed) slots[slot] = next[kind](name);
      runSteps(device, steps, slots);
      // Results get a reference of their own, so that a weight or a kept value can be a result; then the steps' own are dropped.
      const outputs = results.map((slot) => device.retain(bufferAt(slots, slot)));
      for (const slot of made) device.release(bufferAt(slots, slot));
      return outputs;
    },
    dispose: () => kept.forEach(([, buffer]) => device.release(buffer)),
  };
};

const bufferAt = (slots: Slots, slot: number): Buffer => {
  const buffer = slots[slot];
  invariant(buffer, `slot ${slot} is read before it is filled`);
  return buffer;
};

interface BoundSteps {
  readonly run: readonly BoundStep[];
  /** The slots that they fill. */
  readonly fills: readonly number[];
}

/** Makes steps ready; `types` says what the slots hold before them, then after them. */
const bindSteps = (device: KernelDevice, steps: readonly Step[], types: Map<number, ConcreteType>): BoundSteps => ({
  run: steps.map((step) => {
    const run = bindStep(device, step, types);
    if (step.kind === "joint") for (const { slot, type } of step.outputs) types.set(slot, type);
    else if (step.kind !== "free") types.set(step.output, step.type);
    return run;
  }),
  fills: steps.flatMap(fillsOf),
});

/** Runs steps; where one of them fails, what they had made is released. */
const runSteps = (device: KernelDevice, { run, fills }: BoundSteps, slots: Slots): void => {
  try {
    for (const step of run) step(slots);
  } catch (thrown) {
    for (const slot of fills) {
      const made = slots[slot];
      if (made !== undefined) device.release(made);
      slots[slot] = undefined;
    }
    throw thrown;
  }
};

const bindStep = (device: KernelDevice, step: Step, types: ReadonlyMap<number, ConcreteType>): BoundStep => {
  if (step.kind === "free")
    return (slots) => {
      device.release(bufferAt(slots, step.slot));
      slots[step.slot] = undefined;
    };
  if (step.kind === "view")
    return (slots) => {
      slots[step.output] = device.view(bufferAt(slots, step.input), step.type);
    };
  const inputTypes = step.inputs.map((slot) => types.get(slot));
  // One list for all runs: a call reads it before it returns.
  const inputs: Buffer[] = step.inputs.map(() => absent);
  const gather = (slots: Slots): readonly Buffer[] => {
    for (let i = 0; i < inputs.length; i++) inputs[i] = slots[step.inputs[i] ?? -1] ?? absent;
    return inputs;
  };
  if (step.kind === "joint") {
    const run = boundJoint(device, step, inputTypes);
    return (slots) => {
      const made = run(gather(slots));
      step.outputs.forEach(({ slot }, index) => (slots[slot] = made[index]));
    };
  }
  const { call, type } = step;
  const run =
    device.bind?.(call, inputTypes, type) ?? ((buffers: readonly Buffer[]) => device.call(call, buffers, type));
  return (slots) => {
    slots[step.output] = run(gather(slots));
  };
};

const boundJoint = (
  device: KernelDevice,
  { call, outputs }: Step & { readonly kind: "joint" },
  inputs: InputTypes,
): ((buffers: readonly Buffer[]) => readonly Buffer[]) => {
  const types = outputs.map(({ type }) => type);
  const bound = device.bindJoint?.(call, inputs, types);
  if (bound !== undefined) return bound;
  const { callJoint } = device;
  invariant(callJoint, `the ${device.name} backend gives several results at once`);
  return (buffers) => callJoint(call, buffers, types);
};

/** Stands for inputs that a node has but its call does not use: they may be freed already. */
const absent: Buffer = { type: { dtype: "f32", shape: [0] }, handle: {} };
