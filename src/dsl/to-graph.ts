/** From expressions to a graph: names layers and weights by path, and lets every layer emit its operators. */
import { E, type Either } from "../fp.js";
import { invariant, mistake, type SvertkaError } from "../errors.js";
import { graphBuilder, type GraphBuilder, type Registry } from "../compiler/ir/builder.js";
import type { Value } from "../compiler/ir/graph.js";
import type { TensorType } from "../compiler/ir/type.js";
import { initializerProblem } from "../ops/initializers.js";
import type { LayerSpec, Mode, ParameterOptions } from "../ops/layer.js";
import { foldIn, keyOf } from "../random/index.js";
import { isPoisoned, type Shape } from "../shape/shape.js";
import { shapeText } from "../shape/text.js";
import type { AnyExpr } from "./expr.js";
import type { ModelDescription } from "./model.js";
import {
  composedScope,
  dependents,
  insideOf,
  layerName,
  openScope,
  ownPath,
  sharedScope,
  topScope,
  type ComposedLayer,
  type Scope,
  type Sharing,
} from "./scope.js";
import { readersOf, type Readers } from "./walk.js";
import { trialShapes } from "./trial-sizes.js";
import { matchesAny, touches } from "./weight-paths.js";

/** A weight: its place, its shape, how it begins. */
export interface WeightInfo extends ParameterOptions {
  /** Path and name: `stem/conv2d/kernel`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly kind: "parameter" | "state";
  /** Whether training changes it by its gradient: a parameter that is not frozen. */
  readonly trainable: boolean;
  readonly value: Value;
}

/** An application of a layer, in the order of the graph. */
export interface LayerInfo {
  readonly name: string;
  /** What it gives, as the model has it. */
  readonly expr: AnyExpr;
  readonly spec: LayerSpec;
  readonly inputs: readonly Value[];
  readonly output: Value;
  /** The output's shape without the batch axis; `null` where it is unknown. */
  readonly shape: Shape;
  /** Names of its weights. */
  readonly weights: readonly string[];
  /** The ids of the graph's nodes that it emitted: from the first to the one before `end`. */
  readonly nodes: { readonly first: number; readonly end: number };
  /** Whether training leaves all of its weights as they are. */
  readonly frozen: boolean;
  /** The composed layer that it is part of: people see that as one. */
  readonly within: ComposedLayer | undefined;
}

export interface ModelGraph {
  /** Holds the nodes so far; training goes on building. */
  readonly builder: GraphBuilder;
  readonly inputs: readonly { readonly name: string; readonly value: Value }[];
  readonly outputs: readonly { readonly name: string; readonly value: Value }[];
  readonly weights: readonly WeightInfo[];
  readonly layers: readonly LayerInfo[];
  /** The next values of states, by name: moving statistics in training. */
  readonly updates: ReadonlyMap<string, Value>;
  /** The number of the step, present when a layer draws random numbers. */
  readonly step: Value | undefined;
}

export interface ToGraphOptions {
  readonly registry: Registry;
  readonly mode: Mode;
  readonly seed: number;
  /** Paths of the weights that training may change, as {@link matches} reads them; all when not given. */
  readonly trainable?: readonly string[] | undefined;
  /** Takes unknown axes: names, shapes and weights are those of the model, the operators are of sizes that each layer takes. */
  readonly anySize?: true | undefined;
}

/** Carries the first mistake out of the walk; caught in {@link toGraph}. */
class ModelFailure extends Error {
  constructor(readonly mistake: SvertkaError) {
    super(mistake.message);
  }
}

const failAt = (tag: SvertkaError["tag"], where: string, message: string): never => {
  throw new ModelFailure(mistake(tag, where, message));
};

/** The graph of a model, or what is wrong with the model, with the layer's path. */
export const toGraph = (model: ModelDescription, options: ToGraphOptions): Either<SvertkaError, ModelGraph> => {
  try {
    // The walk comes first: it knows the path of a layer that does not fit.
    const graph = new GraphWalk(options).run(model);
    return model.problem === undefined ? E.right(graph) : E.left(model.problem);
  } catch (failure) {
    if (failure instanceof ModelFailure) return E.left(failure.mistake);
    throw failure;
  }
};

/** An expression whose value another one waits for, and where it stands. */
interface Asked {
  readonly expr: AnyExpr;
  readonly scope: Scope;
}

/** Makes the value of an expression; it asks for the values that it needs. */
type Making = Generator<Asked, Value, Value>;

/** The state of one walk: what was made so far. */
class GraphWalk {
  private readonly builder: GraphBuilder;
  private readonly values = new Map<AnyExpr, Value>();
  private readonly weights = new Map<string, WeightInfo>();
  private readonly layers: LayerInfo[] = [];
  private readonly updates = new Map<string, Value>();
  /** Names of weights by the ids of their values, and of the values that update them. */
  private readonly stateNames = new Map<number, string>();
  private readonly shared = new Map<object, Sharing>();
  private readonly frozen = new Set<AnyExpr>();
  private step: Value | undefined;
  private readonly draws = new Map<string, number>();
  private readers: Readers = new Map();

  constructor(private readonly options: ToGraphOptions) {
    this.builder = graphBuilder(options.registry);
  }

  run({ inputs, outputs }: ModelDescription): ModelGraph {
    this.readers = readersOf(Object.values(outputs));
    const fed = Object.entries(inputs).map(([name, expr]) => ({ name, value: this.input(name, expr) }));
    const top = topScope();
    const given = Object.entries(outputs).map(([name, expr]) => ({ name, value: this.visit(expr, top) }));
    const { builder, layers, updates, step } = this;
    return { builder, inputs: fed, outputs: given, weights: [...this.weights.values()], layers, updates, step };
  }

  private input(name: string, expr: AnyExpr): Value {
    if (name.includes(":")) return failAt("BadModel", name, reservedSign("input", name));
    if (isPoisoned(expr.shape)) return failAt("ShapeMismatch", name, expr.shape.error);
    if (expr.shape.includes(null) && this.options.anySize === undefined)
      return failAt("BadModel", name, sizeNeeded(shapeText(expr.shape)));
    const value = this.builder.emit("input", [], {
      name,
      dtype: "f32",
      shape: ["n", ...expr.shape.map((dim) => dim ?? 1)],
    });
    this.values.set(expr, value);
    return value;
  }

  /** Without recursion, so that models may be deep: what an expression waits for is done before it goes on. */
  private visit(expr: AnyExpr, outer: Scope): Value {
    const waiting: { readonly expr: AnyExpr; readonly making: Making }[] = [];
    let asked: Asked | undefined = { expr, scope: outer };
    let value: Value | undefined;
    while (asked !== undefined || waiting.length > 0) {
      if (asked !== undefined) {
        value = this.values.get(asked.expr);
        if (value === undefined)
          waiting.push({ expr: asked.expr, making: this.make(asked.expr, insideOf(asked.expr, asked.scope)) });
      }
      const last = waiting.at(-1);
      if (last === undefined) break;
      // A generator's first `next` takes nothing; each later one what it asked for.
      const step: IteratorResult<Asked, Value> = value === undefined ? last.making.next() : last.making.next(value);
      asked = step.done === true ? undefined : step.value;
      value = undefined;
      if (step.done !== true) continue;
      waiting.pop();
      this.values.set(last.expr, step.value);
      value = step.value;
    }
    invariant(value, "an expression gives a value");
    return value;
  }

  private *make(expr: AnyExpr, scope: Scope): Making {
    const node = expr["~node"];
    switch (node.kind) {
      case "input":
        return failAt(
          "BadModel",
          scope.path,
          "model: an output depends on an input that is not among the model's inputs: add it to inputs",
        );
      case "placeholder":
        return failAt(
          "BadModel",
          scope.path,
          "model: a value of a named or shared block is used outside it: return it from the block instead",
        );
      case "layer": {
        const inputs: Value[] = [];
        for (const input of node.inputs) inputs.push(yield { expr: input, scope });
        return this.layer(node.layer, inputs, {
          expr,
          path: node.path === undefined ? layerName(scope, node.layer.name) : ownPath(scope, node.path),
          within: scope.within,
          isFrozen: node.frozen === true || this.frozen.has(expr),
          shapes: node.inputs.map(({ shape }) => shape),
        });
      }
      case "named": {
        const argument = yield { expr: node.argument, scope };
        if (node.composed === true) {
          this.values.set(node.placeholder, argument);
          return yield { expr: node.body, scope: composedScope(scope, node, this.readers) };
        }
        if (scope.sharing?.next === undefined && scope.names.has(node.name))
          return failAt(
            "BadModel",
            scope.path,
            `named: '${node.name}' is used twice in one scope: wrap each use in a named(...) of its own`,
          );
        if (node.name.includes(":")) return failAt("BadModel", scope.path, reservedSign("named", node.name));
        scope.names.add(node.name);
        this.values.set(node.placeholder, argument);
        return yield { expr: node.body, scope: openScope(scope, node, this.readers) };
      }
      case "shared": {
        this.values.set(node.placeholder, yield { expr: node.argument, scope });
        const sharing = this.sharingOf(node.token);
        return yield { expr: node.body, scope: sharedScope(scope, node, sharing, this.readers) };
      }
      case "frozen": {
        this.values.set(node.placeholder, yield { expr: node.argument, scope });
        for (const inside of dependents(node.body, node.placeholder, this.readers)) this.frozen.add(inside);
        return yield { expr: node.body, scope };
      }
    }
  }

  /** Where a shared block's layers are visited: the first application writes their names, later ones read them. */
  private sharingOf(token: object): Sharing {
    const written = this.shared.get(token);
    if (written !== undefined) return { names: written.names, next: 0 };
    const sharing: Sharing = { names: [], next: undefined };
    this.shared.set(token, sharing);
    return sharing;
  }

  private layer(
    spec: LayerSpec,
    values: readonly Value[],
    {
      expr,
      path,
      within,
      isFrozen,
      shapes,
    }: Pick<LayerInfo, "expr" | "within"> & {
      readonly path: string;
      readonly isFrozen: boolean;
      readonly shapes: readonly Shape[];
    },
  ): Value {
    const { mode, trainable, anySize } = this.options;
    const frozen = isFrozen || (trainable !== undefined && !trainable.some((pattern) => touches(pattern, path)));
    const shape = spec.rule(anySize === undefined ? values.map(shapeOf) : shapes);
    if (E.isLeft(shape)) return failAt("ShapeMismatch", path, shape.left);
    const inputs = anySize === undefined ? values : this.trialInputs(spec, values, { path, shapes });
    const weights: string[] = [];
    const weight =
      (kind: WeightInfo["kind"]) =>
      (name: string, size: readonly number[], options: ParameterOptions): Value => {
        const full = name === "" ? path : `${path}/${name}`;
        weights.push(full);
        const mayChange = kind === "parameter" && !frozen && options.trainable !== false;
        const changes = mayChange && (trainable === undefined || matchesAny(trainable, full));
        return this.weight(kind, full, size, { ...options, trainable: changes });
      };
    const taken = spec.operators?.find((operator) => !this.builder.adopt(operator));
    if (taken !== undefined)
      failAt(
        "BadModel",
        path,
        `operator: the name '${taken.name}' belongs to another operator: give yours another name`,
      );
    const first = this.builder.size();
    const output = spec.build(
      {
        mode,
        frozen,
        emit: this.builder.emit,
        parameter: weight("parameter"),
        state: weight("state"),
        update: (state, next) => this.update(state, next),
        uniform: (like) => this.uniform(path, like.type),
      },
      inputs,
    );
    const nodes = { first, end: this.builder.size() };
    this.layers.push({ name: path, expr, spec, inputs, output, shape: shape.right, weights, nodes, frozen, within });
    return output;
  }

  /** Stand-ins of numbers for the inputs whose shape is not known. */
  private trialInputs(
    spec: LayerSpec,
    values: readonly Value[],
    { path, shapes }: { readonly path: string; readonly shapes: readonly Shape[] },
  ): readonly Value[] {
    if (!shapes.some((shape) => shape.includes(null))) return values;
    const trial = trialShapes(spec.rule, shapes);
    if (trial === undefined)
      return failAt(
        "BadModel",
        path,
        `${spec.name}: no sizes of the unknown axes were found that it takes: ${giveSizes}`,
      );
    return values.map((value, i) =>
      shapes[i]?.includes(null) === true
        ? this.builder.emit("input", [], { name: `${path}:${i}`, dtype: "f32", shape: ["n", ...(trial[i] ?? [])] })
        : value,
    );
  }

  private weight(
    kind: WeightInfo["kind"],
    name: string,
    shape: readonly number[],
    options: ParameterOptions & { readonly trainable: boolean },
  ): Value {
    const known = this.weights.get(name);
    if (known !== undefined) {
      // A shared weight that is frozen in one place is frozen.
      if (!options.trainable) this.weights.set(name, { ...known, trainable: false });
      if (known.shape.join() !== shape.join())
        failAt(
          "BadModel",
          name,
          `share: the shared weight is ${known.shape.join("x")} and this use needs ${shape.join("x")}: give both uses the same channels`,
        );
      return this.updates.get(name) ?? known.value;
    }
    const problem = initializerProblem(options.initializer, shape);
    if (problem !== undefined) failAt("BadOption", name, problem);
    const value = this.builder.emit(kind, [], { name, dtype: "f32", shape });
    this.weights.set(name, { ...options, name, shape, kind, value });
    this.stateNames.set(value.id, name);
    return value;
  }

  private update(state: Value, next: Value): void {
    const name = this.stateNames.get(state.id);
    invariant(name, "only a state of the layer can be updated");
    this.updates.set(name, next);
    // A shared layer's next application begins with this value, and updates it in turn.
    this.stateNames.set(next.id, name);
  }

  /** A stream of its own for each draw of a layer, numbered in order; the step is the counter. */
  private uniform(path: string, like: TensorType): Value {
    this.step ??= this.builder.emit("state", [], { name: "step", dtype: "i32", shape: [] });
    const draw = this.draws.get(path) ?? 0;
    this.draws.set(path, draw + 1);
    const key = foldIn(foldIn(keyOf(this.options.seed), path), draw);
    return this.builder.emit("uniform", [this.step], { key, shape: like.shape });
  }
}

/** Names with a colon are those of the step: `step:labels`, `optimizer:m/…`. */
const reservedSign = (word: string, name: string): string =>
  `${word}: the name '${name.slice(0, 40)}' has a colon, which is kept for svertka's own names: leave it out`;

const giveSizes = "give them by withInputShape(net, …), or --input-shape";
const sizeNeeded = (shape: string): string =>
  `input: its shape ${shape} has unknown axes, and their sizes are needed here: ${giveSizes}`;

/** The axes of a value without the batch, where it has one; all are numbers, since the inputs' are. */
const shapeOf = ({ type: { shape } }: Value): Shape =>
  (typeof shape[0] === "string" ? shape.slice(1) : shape).map((dim) => (typeof dim === "number" ? dim : null));
