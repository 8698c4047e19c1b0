/** From a graph of operators, of a checkpoint or a file, to the layers that a person would have written. */
import { mistake, type SvertkaError } from "../../../errors.js";
import { E, type Either } from "../../../fp.js";
import { sourceName, type Graph, type Node } from "../../../compiler/ir/graph.js";
import { concreteShape } from "../../../compiler/ir/type.js";
import { f32, type NdArray } from "../../../data/nd-array.js";
import type { AnyExpr } from "../../../dsl/expr.js";
import { input } from "../../../dsl/input.js";
import { isParam } from "../../../dsl/param.js";
import { operators } from "../../../ops/registry.js";
import { isPoisoned } from "../../../shape/shape.js";
import type { LayerCall, LayerGraph } from "../layer-graph.js";
import { applicationOf } from "../words.js";
import { guessesAt } from "./guesses.js";
import { matchOf, shapeOfNode, type Match } from "./match.js";
import { Paths } from "./names.js";
import { operationCalls } from "./operations.js";
import { surroundingsOf, type Surroundings } from "./surroundings.js";
import { tidied } from "./tidy.js";

export interface RaiseOptions {
  /** Weights that training is to leave as they are. */
  readonly frozen?: ReadonlySet<string> | undefined;
}

export interface Raised {
  readonly layers: LayerGraph;
  /** Constants of the graph that became weights, by the names that `layers` gives them. */
  readonly constants: ReadonlyMap<string, NdArray<"f32">>;
}

/**
 * The layers of a graph in inference form. What is a layer of the DSL becomes that layer, by its own emission on the same
 * types; everything else becomes calls of `ops`, and constants of more than a few numbers become weights that do not train.
 * Names are those of the weights, as far as they can name layers.
 *
 * Errors  an operator that svertka has not; a graph that was fused or is for training.
 */
export const raise = (given: Graph, options: RaiseOptions = {}): Either<SvertkaError, Raised> => {
  const graph = tidied(given);
  const around = surroundingsOf(graph);
  const stranger = graph.nodes.find(
    (node) =>
      around.isLive(node.id) && (!operators.has(node.op) || node.op === "uniform" || node.epilogue !== undefined),
  );
  if (stranger !== undefined) return E.left(unsupported(stranger));
  return new Raising(around, options).run(graph);
};

const unsupported = ({ op, id, epilogue }: Node): SvertkaError =>
  mistake(
    "Unsupported",
    `%${id}`,
    `${op.slice(0, 40)}: ${
      epilogue === undefined
        ? "an operator of one's own, or one of training, is no layer"
        : "a fused operator is no layer"
    }: give a graph of svertka's operators for inference, not optimised`,
  );

/** Constants of more elements become weights. */
const mostNumbers = 64;

class Raising {
  private readonly calls: LayerCall[] = [];
  private readonly values = new Map<number, { readonly name: string; readonly expr: AnyExpr }>();
  private readonly done = new Set<Node>();
  private readonly taken = new Set<string>();
  private readonly paths = new Paths();
  private readonly constants = new Map<string, NdArray<"f32">>();
  private problem: SvertkaError | undefined;

  constructor(
    private readonly around: Surroundings,
    private readonly options: RaiseOptions,
  ) {}

  run(graph: Graph): Either<SvertkaError, Raised> {
    const inputs = graph.nodes
      .filter(({ op }) => op === "input")
      .map((node) => {
        const name = sourceName(node);
        const shape = shapeOfNode(node);
        const value = this.valueName(name);
        this.values.set(node.id, { name: value, expr: input(shape, { name }) });
        return { name, value, shape };
      });
    for (const node of graph.nodes) {
      if (!this.around.isLive(node.id) || !this.around.isData(node.id) || node.op === "input") continue;
      if (!this.done.has(node)) this.node(node);
      if (this.problem !== undefined) return E.left(this.problem);
    }
    const outputs = graph.outputs
      .filter(({ kind }) => kind === "result")
      .map(({ name, value }) => ({ name, value: this.value(value)?.name ?? "" }));
    return this.problem === undefined
      ? E.right({ layers: { inputs, calls: this.calls, outputs }, constants: this.constants })
      : E.left(this.problem);
  }

  private valueName(name: string): string {
    let value = name;
    for (let count = 2; this.taken.has(value); count++) value = `${name}#${count}`;
    this.taken.add(value);
    return value;
  }

  /** The layer that explains most nodes from this one on, else an operation. */
  private node(node: Node): void {
    const { around } = this;
    const data = node.inputs.flatMap((id) => (around.isData(id) ? (around.node(id) ?? []) : []));
    let best: Match | undefined;
    // Layers take floats with one row for each example; the others are for ops.
    if (data.every(({ type }) => type.dtype === "f32" && type.shape[0] === "n"))
      for (const guess of guessesAt({ node, data, around })) {
        const match = matchOf(guess, node, around);
        if (match === undefined || match.nodes.some((one) => this.done.has(one))) continue;
        if (match.nodes.length > (best?.nodes.length ?? 0)) best = match;
      }
    if (best === undefined) this.operation(node);
    else this.layer(best);
  }

  private layer({ word, options, inputs, output, nodes, weights }: Match): void {
    const own = Object.fromEntries([...weights].map(([name, node]) => [name, this.weightName(node)]));
    const path = this.paths.of(word, JSON.stringify(options), own);
    // Moving statistics never train: those beside them say whether the layer is frozen.
    const trained = [...weights].flatMap(([name, node]) => (node.op === "state" ? [] : [own[name] ?? ""]));
    const frozen = trained.length > 0 && trained.every((name) => this.isFrozen(name));
    this.push(
      { value: "", name: path, word, options, inputs: [], shape: shapeOfNode(output), weights: own, frozen },
      inputs,
      output,
    );
    for (const node of nodes) this.done.add(node);
  }

  private isFrozen(name: string): boolean {
    return this.options.frozen?.has(name) === true || this.constants.has(name);
  }

  /** The name of a weight; a constant in a weight's place becomes one. */
  private weightName(node: Node): string {
    if (node.op !== "constant") return sourceName(node);
    const name = `constant_${node.id}`;
    this.constants.set(name, f32(node.type.shape.map(Number), Float32Array.from(numbersOf(node))));
    return name;
  }

  private operation(node: Node): void {
    const inputs = node.inputs.map((id) => this.value(id)?.expr);
    if (this.problem !== undefined) return;
    const exprs = inputs.filter((expr) => expr !== undefined);
    const batched = exprs.map((expr) => !isParam(expr));
    const given = node.inputs.flatMap((id) => this.around.node(id) ?? []);
    const wanted = shapeOfNode(node).join();
    for (const { word, arguments: args } of operationCalls({ node, batched })) {
      const call = {
        value: "",
        word,
        name: word.replace(/^ops\./, ""),
        options: {},
        arguments: args,
        inputs: [],
        shape: shapeOfNode(node),
        weights: {},
        frozen: false,
      };
      const made = applicationOf(word)?.(call, exprs);
      if (made === undefined || E.isLeft(made) || isPoisoned(made.right.shape) || made.right.shape.join() !== wanted)
        continue;
      this.push({ ...call, name: this.paths.of(call.name, "", {}) }, given, node);
      this.done.add(node);
      return;
    }
    this.problem = unsupported(node);
  }

  /** Adds a call with its inputs' values, and knows its result. */
  private push(call: LayerCall, inputs: readonly Node[], output: Node): void {
    const given = inputs.map(({ id }) => this.value(id));
    const exprs = given.flatMap((one) => (one === undefined ? [] : [one.expr]));
    const value = this.valueName(call.name);
    const whole = { ...call, value, inputs: given.map((one) => one?.name ?? "") };
    const made = applicationOf(call.word)?.(whole, exprs);
    if (made === undefined || E.isLeft(made)) {
      this.problem = unsupported(output);
      return;
    }
    this.calls.push(whole);
    this.values.set(output.id, { name: value, expr: made.right });
  }

  /** The value of a node: of one that no input reaches it is made when it is first asked for. */
  private value(id: number): { readonly name: string; readonly expr: AnyExpr } | undefined {
    const known = this.values.get(id);
    const node = this.around.node(id);
    if (known !== undefined || node === undefined || this.around.isData(id)) return known;
    if (node.op === "constant") this.constant(node);
    else if (node.op === "parameter" || node.op === "state") this.parameter(node, sourceName(node));
    else this.operation(node);
    return this.values.get(id);
  }

  private parameter(node: Node, weight: string): void {
    const name = this.paths.of("parameter", "", { "": weight });
    const shape = node.type.shape.map(Number);
    const frozen = node.op !== "parameter" || this.isFrozen(weight);
    const args = [{ value: shape }, { value: { name: name.split("/").at(-1) } }];
    const call = {
      value: "",
      name,
      word: "parameter",
      options: {},
      arguments: args,
      inputs: [],
      shape,
      weights: { "": weight },
      frozen,
    };
    this.push(call, [], node);
  }

  private constant(node: Node): void {
    const numbers = numbersOf(node);
    const shape = node.type.shape.map(Number);
    if (node.type.dtype === "f32" && (numbers.length > mostNumbers || !numbers.every(Number.isFinite))) {
      this.parameter(node, this.weightName(node));
      return;
    }
    const args = [{ value: nested(shape, numbers) }];
    const call = {
      value: "",
      name: this.paths.of("tensor", "", {}),
      word: "tensor",
      options: {},
      arguments: args,
      inputs: [],
      shape,
      weights: {},
      frozen: false,
    };
    this.push(call, [], node);
    const made = this.values.get(node.id);
    if (node.type.dtype === "f32" || made === undefined) return;
    const cast = [{ value: "cast" }, { inputs: [0] }, { value: { dtype: node.type.dtype } }];
    this.push(
      { ...call, name: this.paths.of("operator", "", {}), word: "ops.operator", arguments: cast },
      [node],
      node,
    );
  }
}

/** The numbers of a constant, all of them. */
const numbersOf = ({ attrs: { value }, type }: Node): readonly number[] => {
  const size = concreteShape(type.shape, 1).reduce((a, b) => a * b, 1);
  const one = Array.isArray(value) ? undefined : Number(value);
  return Array.isArray(value) ? value.map(Number) : Array.from({ length: size }, () => one ?? 0);
};

const nested = ([size, ...rest]: readonly number[], numbers: readonly number[]): unknown => {
  if (size === undefined) return numbers[0] ?? 0;
  const each = numbers.length / size;
  return Array.from({ length: size }, (_, i) => nested(rest, numbers.slice(i * each, (i + 1) * each)));
};
