/** A graph on a kernel device: a program is made for each batch size that comes, and kept ready. */
import { failureAsValue, invariant } from "../errors.js";
import { E } from "../fp.js";
import type { Buffer, Feeds, KernelDevice, LoadedGraph, Results } from "../backends/backend.js";
import { loadProgram, type LoadedProgram } from "../backends/executor.js";
import type { Registry } from "../compiler/ir/builder.js";
import type { Graph } from "../compiler/ir/graph.js";
import { lower } from "../compiler/lowering/lower.js";
import type { Feed, Program } from "../compiler/lowering/program.js";

/** Programs that are kept ready: the batch size of training, of its last batch, and some of prediction. */
const maximalPrograms = 8;

export interface KernelProgramsRequest {
  readonly registry: Registry;
  readonly device: KernelDevice;
  readonly stableWeights: boolean;
}

export const kernelPrograms = (
  graph: Graph,
  { registry, device, stableWeights }: KernelProgramsRequest,
): LoadedGraph => {
  const loaded = new Map<number, LoadedProgram>();
  /** Counts what `forget` has forgotten. */
  let age = 0;
  const forget = (): void => {
    age++;
    for (const program of loaded.values()) program.dispose();
    loaded.clear();
  };
  const loadedFor = (batch: number): LoadedProgram | undefined => {
    const known = loaded.get(batch);
    if (known === undefined) return undefined;
    // Used last: moved to the end, so that the first in the map is the one longest unused.
    loaded.delete(batch);
    loaded.set(batch, known);
    return known;
  };
  const keep = (batch: number, ready: LoadedProgram): void => {
    const [oldest] = loaded.keys();
    if (loaded.size >= maximalPrograms && oldest !== undefined) {
      loaded.get(oldest)?.dispose();
      loaded.delete(oldest);
    }
    loaded.set(batch, ready);
  };
  const runFirst = (program: Program, feeds: Feeds): Results => {
    const ready = loadProgram(device, program, feeds);
    keep(program.batch, ready);
    return ready.run(feeds);
  };
  /** With its kernels compiled before; in the meantime others may have run it, or the weights may be others. */
  const runCompiled = async (program: Program, held: HeldFeeds): Promise<Results> => {
    const begun = age;
    try {
      await device.prepare?.(() => runDry(device, program, held.feeds));
      if (age === begun) return loadedFor(program.batch)?.run(held.feeds) ?? runFirst(program, held.feeds);
      const once = loadProgram(device, program, held.feeds);
      const results = once.run(held.feeds);
      once.dispose();
      return results;
    } finally {
      held.release();
    }
  };
  return {
    run: (batch, feeds) => {
      const known = loadedFor(batch);
      if (known !== undefined) return Promise.resolve(E.right(known.run(feeds)));
      const program = lower(graph, { registry, target: device.target, batch, stableWeights });
      if (E.isLeft(program)) return Promise.resolve(program);
      return device.prepare === undefined
        ? Promise.resolve(E.right(runFirst(program.right, feeds)))
        : failureAsValue(async () =>
            E.right(await runCompiled(program.right, holdFeeds(device, program.right, feeds))),
          );
    },
    forget,
    dispose: forget,
  };
};

interface HeldFeeds {
  readonly feeds: Feeds;
  readonly release: () => void;
}

/** What a program is fed at the time of its call, whatever its owners do while it is compiled. */
const holdFeeds = (device: KernelDevice, program: Program, feeds: Feeds): HeldFeeds => {
  const buffers = new Map(
    program.feeds.map(({ kind, name }) => [`${kind} ${name}`, device.retain(feeds[kind](name))] as const),
  );
  const fed =
    (kind: Feed["kind"]) =>
    (name: string): Buffer => {
      const buffer = buffers.get(`${kind} ${name}`);
      invariant(buffer, `the program has no ${kind} '${name}'`);
      return buffer;
    };
  return {
    feeds: { input: fed("input"), parameter: fed("parameter"), state: fed("state") },
    release: () => buffers.forEach((buffer) => device.release(buffer)),
  };
};

/** Calls every kernel of a program and keeps nothing. */
const runDry = (device: KernelDevice, program: Program, feeds: Feeds): void => {
  const dry = loadProgram(device, program, feeds);
  for (const buffer of dry.run(feeds)) device.release(buffer);
  dry.dispose();
};
