/** A graph compiled for a device: its passes are run once, and what they give is loaded. */
import type { Device, LoadedGraph } from "../backends/backend.js";
import type { Registry } from "../compiler/ir/builder.js";
import type { Graph } from "../compiler/ir/graph.js";
import type { Pass } from "../compiler/passes/pass.js";
import { runPasses, type PassRun } from "../compiler/pipeline.js";
import { kernelPrograms } from "./kernel-programs.js";

export interface CompileGraphOptions {
  readonly registry: Registry;
  readonly device: Device;
  /** Whether weights and states keep their values between runs, so that what depends on them alone runs once. */
  readonly stableWeights: boolean;
  /** The result that must be finite for updates to take place: see GraphOptions. */
  readonly guard?: string | undefined;
  readonly passes?: readonly Pass[] | undefined;
  readonly verifyEach?: boolean | undefined;
}

/** Runs for any batch size; the results are in the order of the graph's outputs. */
export interface CompiledGraph extends LoadedGraph {
  /** As it was given. */
  readonly source: Graph;
  /** After the passes. */
  readonly graph: Graph;
  readonly runs: readonly PassRun[];
  readonly stableWeights: boolean;
}

export const compileGraph = (
  source: Graph,
  { device, registry, stableWeights, guard, passes, verifyEach }: CompileGraphOptions,
): CompiledGraph => {
  const { graph, runs } = runPasses(source, {
    registry,
    target: device.target,
    ...(passes === undefined ? {} : { passes }),
    ...(verifyEach === undefined ? {} : { verifyEach }),
  });
  const loaded =
    device.kind === "kernels"
      ? kernelPrograms(graph, { registry, device, stableWeights })
      : device.load(graph, { registry, stableWeights, guard });
  return { source, graph, runs, stableWeights, ...loaded };
};
