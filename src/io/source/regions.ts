/** From applications of layers to chains and regions: what forks from one value and is merged into one becomes one step. */
import { invariant } from "../../errors.js";
import type { LayerCall, LayerGraph } from "../layers/layer-graph.js";
import type { Body, Step, Tree } from "./terms.js";

/** What the calls become: those of one value are steps, tensors without a batch axis have names. */
export interface Making {
  readonly stepOf: (call: LayerCall, data: string) => Step;
  /** What holds a tensor without a batch axis; undefined for a value. */
  readonly operandOf: (value: string) => string | undefined;
}

interface Single {
  readonly kind: "single";
  readonly input: string;
  readonly step: Step;
}
interface Merge {
  readonly kind: "merge";
  readonly inputs: readonly string[];
  readonly call: LayerCall;
}
type Made = Single | Merge;
const readOf = (made: Made): readonly string[] => (made.kind === "single" ? [made.input] : made.inputs);

/** The whole model as a body. */
export const bodyOf = (graph: LayerGraph, making: Making): Body => new Folding(graph, making).run();

class Folding {
  private readonly made = new Map<string, Made>();
  /** The last value that all ways from the inputs to a value lead through. */
  private readonly dominators = new Map<string, string | undefined>();
  private readonly depths = new Map<string, number>();
  private readonly readers = new Map<string, Set<string>>();
  private readonly outputs: ReadonlySet<string>;

  constructor(
    private readonly graph: LayerGraph,
    private readonly making: Making,
  ) {
    this.outputs = new Set(graph.outputs.map(({ value }) => value));
  }

  run(): Body {
    const { graph, making, made } = this;
    for (const { value } of graph.inputs) this.dominators.set(value, undefined);
    for (const call of graph.calls) {
      const data = call.inputs.filter((value) => making.operandOf(value) === undefined);
      const [first] = data;
      if (first === undefined) continue;
      this.dominators.set(call.value, this.common(data));
      this.depths.set(call.value, 1 + this.depthOf(this.dominators.get(call.value)));
      const one: Made =
        data.length === 1
          ? { kind: "single", input: first, step: making.stepOf(call, first) }
          : { kind: "merge", inputs: data, call };
      made.set(call.value, one);
      for (const value of data) this.readers.set(value, (this.readers.get(value) ?? new Set()).add(call.value));
    }
    for (const call of graph.calls) if (made.get(call.value)?.kind === "merge") this.fold(call);
    const roots = graph.outputs.map(({ value }) => value);
    const kept = this.reached(roots, undefined);
    return this.body(undefined, { values: kept, roots, named: new Set(roots.length > 1 ? roots : []) });
  }

  private depthOf(value: string | undefined): number {
    return value === undefined ? 0 : (this.depths.get(value) ?? 0);
  }

  private common(values: readonly string[]): string | undefined {
    return values.reduce<string | undefined>((a, b) => this.meet(a, b), values[0]);
  }

  private meet(a: string | undefined, b: string | undefined): string | undefined {
    let [left, right] = [a, b];
    while (left !== right) {
      if (left === undefined || right === undefined) return undefined;
      if (this.depthOf(left) >= this.depthOf(right)) left = this.dominators.get(left);
      else right = this.dominators.get(right);
    }
    return left;
  }

  /** Makes one step of all between a merge and the value before it that it depends on alone, where nothing else reads of it. */
  private fold(merge: LayerCall): void {
    const entry = this.dominators.get(merge.value);
    if (entry === undefined) return;
    const inside = this.reached([merge.value], entry);
    const isClosed = [...inside].every(
      (value) =>
        value === merge.value ||
        (!this.outputs.has(value) && [...(this.readers.get(value) ?? [])].every((reader) => inside.has(reader))),
    );
    if (!isClosed) return;
    const body = this.body(entry, { values: inside, roots: [merge.value], named: new Set() });
    for (const value of inside) {
      for (const input of readOf(this.known(value))) this.readers.get(input)?.delete(value);
      this.made.delete(value);
    }
    this.made.set(merge.value, { kind: "single", input: entry, step: { kind: "region", call: merge, body } });
    this.readers.set(entry, (this.readers.get(entry) ?? new Set()).add(merge.value));
  }

  private known(value: string): Made {
    const made = this.made.get(value);
    invariant(made, "a value of the model is made by a call");
    return made;
  }

  /** The values that the roots are made of, in the order of the calls, back to the entry. */
  private reached(roots: readonly string[], entry: string | undefined): ReadonlySet<string> {
    const found = new Set<string>();
    const open = [...roots];
    for (let value = open.pop(); value !== undefined; value = open.pop()) {
      const made = this.made.get(value);
      if (value === entry || made === undefined || found.has(value)) continue;
      found.add(value);
      open.push(...readOf(made));
    }
    return new Set(this.graph.calls.flatMap(({ value }) => (found.has(value) ? [value] : [])));
  }

  private body(
    argument: string | undefined,
    {
      values,
      roots,
      named,
    }: { readonly values: ReadonlySet<string>; readonly roots: readonly string[]; readonly named: ReadonlySet<string> },
  ): Body {
    const counts = new Map<string, number>();
    for (const value of values)
      for (const input of readOf(this.known(value))) counts.set(input, (counts.get(input) ?? 0) + 1);
    for (const root of roots) counts.set(root, (counts.get(root) ?? 0) + 1);
    const isLocal = (value: string): boolean => (counts.get(value) ?? 0) > 1 || named.has(value);
    const treeOf = (value: string, isOwn: boolean): Tree => {
      // Long chains are walked, not recursed into.
      const steps: Step[] = [];
      let at = value;
      for (let own = isOwn; ; own = false) {
        const made = values.has(at) ? this.made.get(at) : undefined;
        if (made === undefined || (!own && isLocal(at)))
          return { start: { kind: "reference", value: at }, steps: steps.toReversed() };
        if (made.kind === "merge") {
          const operands = made.call.inputs.map((input) => this.making.operandOf(input));
          const inputs = made.inputs.map((input) => treeOf(input, false));
          return { start: { kind: "merge", call: made.call, inputs, operands }, steps: steps.toReversed() };
        }
        steps.push(made.step);
        at = made.input;
      }
    };
    return {
      argument,
      locals: [...values].filter(isLocal).map((value) => ({ value, tree: treeOf(value, true) })),
      results: roots.map((root) => treeOf(root, !isLocal(root))),
    };
  }
}
