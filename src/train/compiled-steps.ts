/** The compiled graphs of a trainer: each is made when it is first needed. */
import { invariant, type SvertkaError } from "../errors.js";
import { E, type Either } from "../fp.js";
import { compileGraph, type CompiledGraph, type CompileGraphOptions } from "../run/compiled-graph.js";
import type { Optimizer } from "./optimizers/optimizer.js";
import {
  evaluationGraph,
  lossName,
  probeGraph,
  trainingGraph,
  type StepGraph,
  type StepGraphRequest,
  type StepPhase,
} from "./step-graph.js";

/** Which graph: without and with weights of examples there are two of each. */
export interface StepKind {
  readonly does: StepPhase | "evaluate" | "probe";
  readonly weighted: boolean;
}

export interface CompiledSteps {
  readonly get: (kind: StepKind) => CompiledGraph;
  /** To be called when weights that were said to be stable are others. */
  readonly forget: () => void;
  readonly dispose: () => void;
}

export type Request = StepGraphRequest & { readonly optimizer: Optimizer };

export const stepGraph = (request: Request, { does, weighted }: StepKind): Either<SvertkaError, StepGraph> => {
  const wanted = { ...request, weighted };
  if (does === "evaluate") return evaluationGraph(wanted);
  if (does === "probe") return probeGraph(wanted);
  return trainingGraph({ ...wanted, phase: does });
};

/** The request is known to be good: a graph of its kind was made before. */
export const compiledSteps = (request: Request, options: CompileGraphOptions): CompiledSteps => {
  const made = new Map<string, CompiledGraph>();
  return {
    get: (kind) => {
      const key = `${kind.does}/${kind.weighted}`;
      const known = made.get(key);
      if (known !== undefined) return known;
      const step = stepGraph(request, kind);
      invariant(E.isRight(step), "the same model gave another graph before");
      const compiled = compileGraph(step.right.graph, { ...options, guard: lossName });
      made.set(key, compiled);
      return compiled;
    },
    forget: () => {
      for (const compiled of made.values()) compiled.forget();
    },
    dispose: () => {
      for (const compiled of made.values()) compiled.dispose();
      made.clear();
    },
  };
};
