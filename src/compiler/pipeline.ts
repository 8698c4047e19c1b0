/** The compiler, as a table of contents: the passes in order. */
import { registryOf } from "./ir/builder.js";
import type { Graph } from "./ir/graph.js";
import { brokenText, lawBroken } from "./passes/broken-pass.js";
import { eliminateDeadCode } from "./passes/eliminate-dead-code.js";
import { factorSums } from "./passes/factor-sums.js";
import { foldBatchNorm } from "./passes/fold-batch-norm.js";
import { foldConstants } from "./passes/fold-constants.js";
import { fuseElementwise } from "./passes/fuse-elementwise.js";
import { fuseEpilogue } from "./passes/fuse-epilogue.js";
import { fuseReductions } from "./passes/fuse-reductions.js";
import { hoistFactors } from "./passes/hoist-factors.js";
import { joinCalls } from "./passes/join-calls.js";
import { legalize } from "./passes/legalize.js";
import { mergeEqualNodes } from "./passes/merge-equal-nodes.js";
import type { Pass, PassContext } from "./passes/pass.js";
import { recordSame } from "./rewrite/ancestry.js";
import { simplify } from "./passes/simplify.js";
import { sinkBroadcasts } from "./passes/sink-broadcasts.js";
import { sizesOfInputs } from "./passes/sizes-of-inputs.js";
import { foldInputScale } from "./passes/fold-input-scale.js";
import { foldPadding } from "./passes/fold-padding.js";
import { orderPools } from "./passes/order-pools.js";
import { simplifyFormulas } from "./passes/simplify-formulas.js";
import { sinkIntoJoins } from "./passes/sink-into-joins.js";
import { sinkMoves } from "./passes/sink-moves.js";
import { invariant } from "../errors.js";

/** The same passes serve inference and training graphs. */
export const defaultPasses: readonly Pass[] = [
  foldConstants,
  sinkMoves,
  simplify,
  sizesOfInputs,
  eliminateDeadCode,
  simplifyFormulas,
  orderPools,
  foldPadding,
  foldBatchNorm,
  foldInputScale,
  // A scale that left its place may have stood between a border and a convolution, or brings a second bias.
  foldPadding,
  foldBatchNorm,
  foldConstants,
  mergeEqualNodes,
  eliminateDeadCode,
  orderPools,
  legalize,
  simplify,
  eliminateDeadCode,
  sinkIntoJoins,
  sinkBroadcasts,
  factorSums,
  foldConstants,
  mergeEqualNodes,
  eliminateDeadCode,
  fuseEpilogue,
  fuseElementwise,
  simplifyFormulas,
  hoistFactors,
  sinkMoves,
  simplify,
  // Sums that a transpose kept apart from the call before them.
  fuseEpilogue,
  sinkBroadcasts,
  mergeEqualNodes,
  eliminateDeadCode,
  fuseElementwise,
  simplifyFormulas,
  fuseReductions,
  eliminateDeadCode,
  joinCalls,
];

/** What makes a graph runnable without optimising it: `PASSES=none` in tests. */
export const requiredPasses: readonly Pass[] = [legalize];

export interface PassRun {
  readonly pass: Pass;
  readonly before: Graph;
  readonly after: Graph;
  readonly milliseconds: number;
}

export interface PipelineOptions extends PassContext {
  readonly passes?: readonly Pass[];
  /** Verifies after each pass: in tests, and under the debug flag. */
  readonly verifyEach?: boolean;
}

/** Runs the passes in order; each step is kept for `explain`. */
export const runPasses = (
  graph: Graph,
  options: PipelineOptions,
): { readonly graph: Graph; readonly runs: readonly PassRun[] } => {
  const runs: PassRun[] = [];
  const { operators } = graph;
  const context = { ...options, registry: registryOf(graph, options.registry) };
  let current = graph;
  for (const pass of options.passes ?? defaultPasses) {
    const start = performance.now();
    const made = ran(pass, current, { ...context, isPrinted: options.verifyEach === true });
    const after = operators === undefined || made === current ? made : recordSame(made, { ...made, operators });
    runs.push({ pass, before: current, after, milliseconds: performance.now() - start });
    const problem = options.verifyEach === true ? lawBroken(current, after, context.registry) : undefined;
    invariant(
      problem === undefined,
      problem === undefined ? "" : brokenText({ pass: pass.name, before: current, after, problem }),
    );
    current = after;
  }
  return { graph: current, runs };
};

/** A pass that throws is named, and where graphs are verified the one that it could not take is printed. */
const ran = (pass: Pass, graph: Graph, context: PassContext & { readonly isPrinted: boolean }): Graph => {
  try {
    return pass.run(graph, context);
  } catch (thrown) {
    const problem = thrown instanceof Error ? thrown.message : String(thrown);
    const outcome = { pass: pass.name, before: graph, after: undefined, problem };
    throw new Error(context.isPrinted ? brokenText(outcome) : `pass ${pass.name}: ${problem}`, { cause: thrown });
  }
};
