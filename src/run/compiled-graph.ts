/** A graph compiled for a device: its passes are run once, a program is made for each batch size that comes. */
import type { SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { lower } from "../compiler/lowering/lower.js";
import type { Program } from "../compiler/lowering/program.js";
import type { Graph } from "../compiler/ir/graph.js";
import type { Registry } from "../compiler/ir/builder.js";
import { runPasses, type PassRun } from "../compiler/pipeline.js";
import type { Pass } from "../compiler/passes/pass.js";
import type { Device } from "../backends/backend.js";
import { loadProgram, type Feeds, type LoadedProgram, type Results } from "../backends/executor.js";

export interface CompileGraphOptions {
  readonly registry: Registry;
  readonly device: Device;
  /** See {@link lower}. */
  readonly stableWeights: boolean;
  readonly passes?: readonly Pass[] | undefined;
  readonly verifyEach?: boolean | undefined;
}

export interface CompiledGraph {
  /** As it was given. */
  readonly source: Graph;
  /** After the passes. */
  readonly graph: Graph;
  readonly runs: readonly PassRun[];
  readonly programFor: (batch: number) => Either<SvertkaError, Program>;
  /** Runs the program for that batch size; the caller releases the results. */
  readonly run: (
    batch: number,
    feeds: Feeds,
  ) => Either<SvertkaError, { readonly program: Program; readonly results: Results }>;
  /** Forgets what was computed from weights alone; to be called when stable weights change. */
  readonly forget: () => void;
  readonly dispose: () => void;
}

/** Programs that are kept ready: the batch size of training, of its last batch, and some of prediction. */
const maximalPrograms = 8;

export const compileGraph = (source: Graph, options: CompileGraphOptions): CompiledGraph => {
  const { device, registry, passes, verifyEach } = options;
  const { graph, runs } = runPasses(source, {
    registry,
    target: device.target,
    ...(passes === undefined ? {} : { passes }),
    ...(verifyEach === undefined ? {} : { verifyEach }),
  });
  const programs = new Map<number, Program>();
  const loaded = new Map<number, LoadedProgram>();
  const forget = (): void => {
    for (const program of loaded.values()) program.dispose();
    loaded.clear();
  };
  const programFor = (batch: number): Either<SvertkaError, Program> => {
    const known = programs.get(batch);
    if (known !== undefined) return E.right(known);
    const program = lower(graph, { registry, target: device.target, batch, stableWeights: options.stableWeights });
    if (E.isRight(program)) programs.set(batch, program.right);
    return program;
  };
  const loadedFor = (batch: number, feeds: Feeds): Either<SvertkaError, LoadedProgram> => {
    const known = loaded.get(batch);
    if (known !== undefined) {
      // Used last: moved to the end, so that the first in the map is the one longest unused.
      loaded.delete(batch);
      loaded.set(batch, known);
      return E.right(known);
    }
    const [oldest] = loaded.keys();
    if (loaded.size >= maximalPrograms && oldest !== undefined) {
      loaded.get(oldest)?.dispose();
      loaded.delete(oldest);
      programs.delete(oldest);
    }
    const program = programFor(batch);
    if (E.isLeft(program)) return program;
    const ready = loadProgram(device, program.right, feeds);
    loaded.set(batch, ready);
    return E.right(ready);
  };
  return {
    source,
    graph,
    runs,
    programFor,
    run: (batch, feeds) => {
      const ready = loadedFor(batch, feeds);
      if (E.isLeft(ready)) return ready;
      return E.right({ program: ready.right.program, results: ready.right.run(feeds) });
    },
    forget,
    dispose: () => {
      forget();
      programs.clear();
    },
  };
};
