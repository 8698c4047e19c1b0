/** A pass is data: what it is for, what it needs and gives, and a pure function from graph to graph. */
import type { Registry } from "../ir/builder.js";
import type { Graph } from "../ir/graph.js";
import type { Target } from "../target.js";

export interface PassContext {
  readonly registry: Registry;
  readonly target: Target;
}

export interface Pass {
  readonly name: string;
  /** One sentence for `explain`. */
  readonly purpose: string;
  /** What must hold of the graph before it. */
  readonly requires: string;
  /** What holds after it, beside the graph's meaning being the same. */
  readonly ensures: string;
  readonly run: (graph: Graph, context: PassContext) => Graph;
}
