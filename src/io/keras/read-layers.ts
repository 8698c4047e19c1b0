/** From a model's configuration to layers in plain data: names, calls, nested models; where each weight lies in the file. */
import { E } from "../../fp.js";
import type { AnyExpr } from "../../dsl/expr.js";
import { input } from "../../dsl/input.js";
import { isObject, type JsonObject } from "../../json-object.js";
import { KerasConfig } from "../../ops/keras-config.js";
import { readOperation } from "../../ops/keras-operations.js";
import type { KerasReadRequest, KerasStep, KerasValue } from "../../ops/keras.js";
import { isPoisoned, type Shape } from "../../shape/shape.js";
import { weightName, type LayerCall, type LayerGraph } from "../layers/index.js";
import { applicationOf } from "../layers/words.js";
import { failAt } from "./failure.js";
import { at, textAt } from "./json.js";
import { mappingOfClass } from "./mappings.js";
import { counted, endOfKeras, pathOfKeras, snakeCase } from "./names.js";
import { callsOf, endsOf, referencesIn, TensorReference, type NodeCall, type Reference } from "./references.js";
import { classOf, isModel, isOperation, layersIn } from "./unknown-layers.js";

/** Where a weight lies in the file. */
export interface WeightPlace {
  readonly group: string;
  readonly place: number;
  /** Ours, where the file's has as many elements in another shape. */
  readonly shape: readonly number[] | undefined;
}

export interface ReadLayers {
  readonly graph: LayerGraph;
  /** By our names. */
  readonly places: ReadonlyMap<string, WeightPlace>;
  /** What the file says about training that svertka has not: `conv2d: bias_regularizer`. */
  readonly trainingOnly: readonly string[];
}

/** Numbers that a layer keeps in the file, which are no weights of ours. */
export type ReadVariable = (group: string, place: number) => readonly number[] | undefined;

/** Models that are applied again and again within each other could be any number of layers. */
const mostCalls = 10_000;
const deepestModels = 30;

/** What is being read inside of which model. */
interface Container {
  /** The path before the names of its layers: empty, or ending in "/". */
  readonly path: string;
  /** The group in the file. */
  readonly group: string;
  readonly frozen: boolean;
  /** Called with `training=False`. */
  readonly inferenceOnly: boolean;
  readonly depth: number;
}

interface PlacedLayer {
  readonly json: JsonObject;
  readonly name: string;
  readonly group: string;
  readonly calls: readonly NodeCall[];
}

/** Layers whose result in training is another one. */
const modal = /Dropout|Noise|BatchNormalization|^Random/;

export class LayerReader {
  readonly calls: LayerCall[] = [];
  readonly places = new Map<string, WeightPlace>();
  readonly trainingOnly = new Set<string>();
  private readonly exprs = new Map<string, AnyExpr>();
  /** The group in the file of each path, so that no two layers get one path. */
  private readonly owners = new Map<string, string>();

  constructor(private readonly variable: ReadVariable) {}

  /** An input of the whole model. */
  input(json: JsonObject): KerasValue & { readonly name: string } {
    const name = endOfKeras(nameOf(json));
    const shape = inputShape(json);
    return { ...this.inputOf(name, shape), name };
  }

  inputOf(name: string, shape: Shape): KerasValue {
    const expr: AnyExpr = input(shape, { name });
    if (isPoisoned(expr.shape)) return failAt("BadFile", name, expr.shape.error);
    const value = this.free(name);
    this.exprs.set(value, expr);
    return { value, shape };
  }

  /** The next number of each name, so that many uses of one layer are not counted anew each time. */
  private readonly uses = new Map<string, number>();

  private free(name: string): string {
    let count = this.uses.get(name) ?? 1;
    let value = count === 1 ? name : `${name}#${count}`;
    for (; this.exprs.has(value); value = `${name}#${count}`) count += 1;
    this.uses.set(name, count + 1);
    return value;
  }

  /** The outputs of a model for these inputs; the whole model gives its own. */
  model(json: JsonObject, inputs: readonly KerasValue[] | undefined, container: Container): ModelEnds {
    if (container.depth > deepestModels)
      return failAt(
        "BadFile",
        nameOf(json),
        `Keras file: models are nested more than ${deepestModels} deep: flatten them`,
      );
    return classOf(json) === "Sequential"
      ? this.sequential(json, inputs, container)
      : this.functional(json, inputs, container);
  }

  private sequential(json: JsonObject, inputs: readonly KerasValue[] | undefined, container: Container): ModelEnds {
    const [first, ...rest] = layersIn(json);
    if (first === undefined) return failAt("BadFile", nameOf(json), "Keras file: the model has no layers: add some");
    const begins = classOf(first) === "InputLayer";
    const own = begins ? this.own(first, inputs, json) : this.own(undefined, inputs, json);
    let value: KerasValue = own;
    for (const layer of place(begins ? rest : [first, ...rest], container.group)) {
      const [next] = this.apply(layer, { given: [value], named: {}, isOld: false }, [value], container);
      if (next === undefined)
        return failAt("BadFile", layer.name, "Keras file: a layer of a Sequential gives nothing: check it");
      value = next;
    }
    return { inputs: [own], outputs: [{ name: "output", value }] };
  }

  /** The input of a Sequential: what it is applied to, or an input of the whole. */
  private own(
    layer: JsonObject | undefined,
    inputs: readonly KerasValue[] | undefined,
    model: JsonObject,
  ): KerasValue & { readonly name: string } {
    const [given] = inputs ?? [];
    if (given !== undefined) return { ...given, name: "" };
    if (layer !== undefined) return this.input(layer);
    const name = "input";
    return { ...this.inputOf(name, axesOf(firstShape(model, 0), nameOf(model))), name };
  }

  private functional(json: JsonObject, inputs: readonly KerasValue[] | undefined, container: Container): ModelEnds {
    const config = at(json, "config");
    const layers = place(layersIn(json), container.group);
    const byName = new Map(layers.map((layer) => [layer.name, layer]));
    if (byName.size !== layers.length)
      return failAt("BadFile", nameOf(json), "Keras file: two layers of the model have one name: the file is damaged");
    const [starts, ends] = [endsOf(at(config, "input_layers")), endsOf(at(config, "output_layers"))];
    if (starts === undefined || ends === undefined)
      return failAt(
        "BadFile",
        nameOf(json),
        "Keras file: the model has no input_layers or output_layers: the file is damaged",
      );
    const nodes = new NodeValues(byName);
    const own: (KerasValue & { readonly name: string })[] = [];
    for (const [index, { key, to }] of starts.entries()) {
      const layer = byName.get(to.layer);
      if (layer === undefined || classOf(layer.json) !== "InputLayer")
        return failAt("BadFile", to.layer, "Keras file: an input of the model is no InputLayer: the file is damaged");
      const given = inputs?.[index];
      const value = inputs === undefined ? this.input(layer.json) : given;
      if (value === undefined)
        return failAt(
          "BadFile",
          nameOf(json),
          `Keras file: the model takes ${starts.length} inputs and is given ${inputs?.length ?? 0}: the file is damaged`,
        );
      nodes.set(layer, 0, [value]);
      own.push({ ...value, name: key ?? endOfKeras(to.layer) });
    }
    nodes.each((layer, call, node) => {
      const tensors = referencesIn(call).map((to) => nodes.get(to, call.isOld));
      const resolved = { ...call, given: withValues(call.given, nodes, call.isOld), named: namedValues(call, nodes) };
      nodes.set(layer, node, this.apply(layer, resolved, tensors, container));
    });
    const names = counted();
    const outputs = ends.map(({ key, to }) => ({
      name: names(key ?? endOfKeras(to.layer)),
      // The ends of a model count the calls of a nested functional model from 1.
      value: nodes.get(to, true),
    }));
    return { inputs: own, outputs };
  }

  /** One call of a layer, or of a nested model. */
  private apply(
    layer: PlacedLayer,
    call: NodeCall,
    inputs: readonly KerasValue[],
    container: Container,
  ): readonly KerasValue[] {
    const { json, name, group } = layer;
    const trainable = at(at(json, "config"), "trainable");
    const path = this.pathOf(container.path + pathOfKeras(name), group);
    const training = call.named["training"];
    if (training === true && mappingOfClass(classOf(json))?.trainsByDefault !== true)
      return failAt(
        "Unsupported",
        path,
        "Keras file: a layer is called with training=True in inference, too: call it without",
      );
    const inside: Container = {
      path: `${path}/`,
      group: `${group}/layers`,
      frozen: container.frozen || trainable === false,
      inferenceOnly: container.inferenceOnly || training === false,
      depth: container.depth + 1,
    };
    if (isModel(json)) return this.model(json, byKey(json, call, inputs), inside).outputs.map(({ value }) => value);
    if (inside.inferenceOnly && modal.test(classOf(json)) && !inside.frozen)
      this.trainingOnly.add(`${path}: training=False`);
    return [this.layer(json, { className: classOf(json), path, group, frozen: inside.frozen, call, inputs })];
  }

  private pathOf(wanted: string, group: string): string {
    let path = wanted;
    for (let count = 1; (this.owners.get(path) ?? group) !== group; count++) path = `${wanted}_${count}`;
    this.owners.set(path, group);
    return path;
  }

  private layer(json: JsonObject, one: Applied): KerasValue {
    const { className, path, group, call, inputs } = one;
    const [first] = inputs;
    if (first === undefined) return failAt("BadFile", path, "Keras file: a layer reads nothing: the file is damaged");
    const bare = at(json, "config");
    const config = new KerasConfig(isObject(bare) ? bare : {});
    const kwargs = Object.entries(call.named).filter(([key, value]) => !quiet.has(key) && value !== null);
    const request: KerasReadRequest = {
      config,
      inputs,
      given: call.given,
      named: Object.fromEntries(kwargs),
      variable: (place_) => this.variable(`${group}/vars`, place_),
      apply: (step) => this.step(step, one, config),
      nested: (inner, values, part) =>
        this.layer(checkedInner(inner, path), {
          ...one,
          className: classOf(inner),
          path: this.pathOf(`${path}/${part}`, `${group}/${part}`),
          group: `${group}/${part}`,
          inputs: values,
          call: { given: values, named: {}, isOld: false },
        }),
    };
    const mapping = isOperation(json) ? undefined : mappingOfClass(className);
    if (mapping !== undefined && kwargs.some(([, value]) => !isTensor(value)))
      return failAt(
        "Unsupported",
        path,
        `Keras file: ${className} is called with ${String(kwargs[0]?.[0]).slice(0, 30)}: call it without`,
      );
    const value = mapping === undefined ? readOperation(className, request) : mapping.read?.(request);
    if (value === undefined)
      return failAt("Unsupported", path, `Keras file: svertka has no ${className.slice(0, 40)}: replace it in Keras`);
    if (mapping !== undefined) config.finish();
    this.check(config, path, className);
    for (const key of config.trainingOnly) this.trainingOnly.add(`${path}: ${key}`);
    return value;
  }

  private check({ problem }: KerasConfig, path: string, className: string): void {
    if (problem !== undefined) failAt(problem.tag, path, `${className.slice(0, 40)}: ${problem.rule}`);
  }

  private step(step: KerasStep, one: Applied, config: KerasConfig): KerasValue {
    const { path: layerPath, group, frozen } = one;
    const path =
      step.part === undefined ? layerPath : this.pathOf(`${layerPath}/${step.part}`, `${group}#${step.part}`);
    // A value that stands for a wrong one would only give a second sentence.
    this.check(config, layerPath, one.className);
    if (this.calls.length >= mostCalls)
      return failAt(
        "BadFile",
        path,
        `Keras file: the model has more than ${mostCalls} layers: is that what it is to be?`,
      );
    const names = step.weights ?? [];
    for (const [place_, { name, shape }] of names.entries())
      this.places.set(weightName(path, name), { group: `${group}/vars`, place: place_, shape });
    const value = this.free(path);
    const call: LayerCall = {
      value,
      name: path,
      word: step.word,
      options: step.options ?? {},
      ...(step.arguments === undefined ? {} : { arguments: step.arguments }),
      inputs: step.inputs.map(({ value: read }) => read),
      shape: [],
      weights: Object.fromEntries(names.map(({ name }) => [name, weightName(path, name)])),
      frozen,
    };
    const exprs = call.inputs.flatMap((read) => this.exprs.get(read) ?? []);
    const made = applicationOf(step.word)?.(call, exprs);
    if (made === undefined)
      return failAt("Unsupported", path, `svertka has no ${step.word}: replace the layer in Keras`);
    if (E.isLeft(made)) return failAt("BadFile", path, made.left);
    const { shape } = made.right;
    if (isPoisoned(shape)) return failAt("ShapeMismatch", path, shape.error);
    this.exprs.set(value, made.right);
    this.calls.push({ ...call, shape });
    return { value, shape };
  }
}

interface ModelEnds {
  readonly inputs: readonly (KerasValue & { readonly name: string })[];
  readonly outputs: readonly { readonly name: string; readonly value: KerasValue }[];
}

interface Applied {
  readonly className: string;
  readonly path: string;
  readonly group: string;
  readonly frozen: boolean;
  readonly call: NodeCall;
  readonly inputs: readonly KerasValue[];
}

/** What a layer is told besides its inputs, and what says nothing here. */
const quiet = new Set(["training", "mask"]);

const isTensor = (value: unknown): boolean => isObject(value) && "value" in value && "shape" in value;

/** A layer inside another's configuration is one that is known, or its name is told. */
const checkedInner = (inner: JsonObject, path: string): JsonObject => {
  const name = classOf(inner);
  return mappingOfClass(name)?.read === undefined
    ? failAt(
        "Unsupported",
        path,
        `Keras file: the activation ${name.slice(0, 40)} is not supported: use another in Keras`,
      )
    : inner;
};

const nameOf = (layer: unknown): string => {
  const name = textAt(layer, "name") ?? textAt(at(layer, "config"), "name");
  return name === undefined || name === "" ? classOf(layer) || "layer" : name;
};

/** Axes without the batch, which may be a number in the file: any number of examples is taken. */
const axesOf = (value: unknown, where: string): Shape => {
  if (!Array.isArray(value) || value.length === 0)
    return failAt(
      "BadFile",
      where,
      "Keras file: the shape of its input is missing: build the model before it is saved",
    );
  const axes: readonly unknown[] = value.slice(1);
  return axes.map((axis) =>
    axis === null || (Number.isSafeInteger(axis) && Number(axis) > 0)
      ? (axis as number | null) // sound: just checked
      : failAt("BadFile", where, "Keras file: an axis of its input is no size: the file is damaged"),
  );
};

/** The shape that a Sequential begins with, which an older file has in its first layer, or in that one's first. */
const firstShape = (model: JsonObject, depth: number): unknown => {
  const [first] = layersIn(model);
  const config = at(first, "config");
  const own =
    at(config, "batch_shape") ?? at(config, "batch_input_shape") ?? at(at(model, "config"), "build_input_shape");
  return own === undefined && first !== undefined && isModel(first) && depth < deepestModels
    ? firstShape(first, depth + 1)
    : own;
};

const inputShape = (json: JsonObject): Shape => {
  const config = at(json, "config");
  const [dtype, name] = [at(config, "dtype"), nameOf(json)];
  if (at(config, "sparse") === true || at(config, "ragged") === true)
    return failAt("Unsupported", name, "Keras file: sparse and ragged inputs are not supported: use a dense one");
  if (dtype === "string")
    return failAt("Unsupported", name, "Keras file: an input of strings is not supported: give numbers");
  return axesOf(at(config, "batch_shape") ?? at(config, "batch_input_shape"), name);
};

/** Layers with the groups in which their weights lie: counted by class, as Keras does; operations are no layers and not counted. */
const place = (layers: readonly JsonObject[], group: string): readonly PlacedLayer[] => {
  const names = counted();
  return layers.map((json) => {
    const name = nameOf(json);
    const calls = callsOf(json);
    if (calls === undefined)
      return failAt("BadFile", name, "Keras file: its inbound_nodes are no calls: the file is damaged");
    return { json, name, calls, group: isOperation(json) ? "" : `${group}/${names(snakeCase(classOf(json)))}` };
  });
};

/** The values of calls so far, and the order in which calls can be made. */
class NodeValues {
  private readonly values = new Map<string, readonly KerasValue[]>();

  constructor(private readonly layers: ReadonlyMap<string, PlacedLayer>) {}

  set(layer: PlacedLayer, node: number, values: readonly KerasValue[]): void {
    this.values.set(`${node}:${layer.name}`, values);
  }

  private find({ layer, node, tensor }: Reference, fromOne: boolean): readonly [string, PlacedLayer, number] {
    const found = this.layers.get(layer);
    if (found === undefined)
      return failAt("BadFile", layer, "Keras file: a layer is read that is not there: the file is damaged");
    const index = fromOne && isModel(found.json) && classOf(found.json) !== "Sequential" ? node - 1 : node;
    const has = classOf(found.json) === "InputLayer" ? index === 0 : index >= 0 && index < found.calls.length;
    if (!has || tensor > 1000)
      return failAt("BadFile", layer, "Keras file: a call of the layer is read that is not there: the file is damaged");
    return [`${index}:${layer}`, found, index];
  }

  get(to: Reference, fromOne: boolean): KerasValue {
    const [key] = this.find(to, fromOne);
    const value = this.values.get(key)?.[to.tensor];
    return value ?? failAt("BadFile", to.layer, "Keras file: a tensor is read that is not there: the file is damaged");
  }

  /** Every call once, each after those that it reads; in the order of the file where that allows. */
  each(run: (layer: PlacedLayer, call: NodeCall, node: number) => void): void {
    const begun = new Set<string>();
    for (const layer of this.layers.values())
      for (const node of layer.calls.keys()) this.visit([[layer, node]], begun, run);
  }

  /** Depth first without recursion, as models may be thousands of layers deep. */
  private visit(
    stack: (readonly [PlacedLayer, number])[],
    begun: Set<string>,
    run: (layer: PlacedLayer, call: NodeCall, node: number) => void,
  ): void {
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const [layer, node] = top;
      const key = `${node}:${layer.name}`;
      const call = layer.calls[node];
      if (this.values.has(key) || call === undefined) {
        stack.pop();
        continue;
      }
      const missing = referencesIn(call)
        .map((to) => this.find(to, call.isOld))
        .filter(([other]) => !this.values.has(other));
      if (missing.length === 0) {
        run(layer, call, node);
        stack.pop();
        continue;
      }
      // Begun and still without a value, it waits for itself.
      if (begun.has(key))
        failAt("BadFile", layer.name, "Keras file: the layer's input depends on its own output: a model has no cycles");
      begun.add(key);
      for (const [, other, index] of missing.toReversed()) stack.push([other, index]);
    }
  }
}

/** Arguments in which references have become values. */
const withValues = (given: readonly unknown[], nodes: NodeValues, isOld: boolean): readonly unknown[] =>
  given.map((one) =>
    one instanceof TensorReference
      ? nodes.get(one.to, isOld)
      : Array.isArray(one)
        ? withValues(one, nodes, isOld)
        : one,
  );

const namedValues = ({ named, isOld }: NodeCall, nodes: NodeValues): Readonly<Record<string, unknown>> =>
  Object.fromEntries(Object.entries(named).map(([key, value]) => [key, withValues([value], nodes, isOld)[0]]));

/** The inputs of a nested model in its order, where it is called with an object of them. */
const byKey = (json: JsonObject, { given }: NodeCall, inputs: readonly KerasValue[]): readonly KerasValue[] => {
  const [argument] = given;
  const starts = endsOf(at(at(json, "config"), "input_layers"));
  if (!isObject(argument) || isTensor(argument) || starts === undefined) return inputs;
  const keys = Object.keys(argument).sort((a, b) => (a < b ? -1 : 1));
  // Tensors of an object are flattened in the order of the object; they are found again by key.
  const values = new Map(Object.keys(argument).map((key, index) => [key, inputs[index]]));
  return starts.flatMap(({ key, to }, index) => values.get(key ?? to.layer) ?? values.get(keys[index] ?? "") ?? []);
};
