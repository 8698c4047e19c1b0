/** A graph on a kernel device: a program is made for each batch size that comes, and kept ready. */
import type { SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import type { Feeds, KernelDevice, LoadedGraph } from "../backends/backend.js";
import { loadProgram, type LoadedProgram } from "../backends/executor.js";
import type { Registry } from "../compiler/ir/builder.js";
import type { Graph } from "../compiler/ir/graph.js";
import { lower } from "../compiler/lowering/lower.js";

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
  const forget = (): void => {
    for (const program of loaded.values()) program.dispose();
    loaded.clear();
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
    }
    const program = lower(graph, { registry, target: device.target, batch, stableWeights });
    if (E.isLeft(program)) return program;
    const ready = loadProgram(device, program.right, feeds);
    loaded.set(batch, ready);
    return E.right(ready);
  };
  return {
    run: (batch, feeds) => {
      const ready = loadedFor(batch, feeds);
      return Promise.resolve(E.isLeft(ready) ? ready : E.right(ready.right.run(feeds)));
    },
    forget,
    dispose: forget,
  };
};
