/** From layers in plain data to the layers of another program: each word's Keras mapping says which, a dialect what the program has. */
import { mistake, type SvertkaError } from "../../errors.js";
import type {
  KerasLayer,
  KerasMapping,
  KerasOperand,
  KerasOperation,
  KerasTensor,
  KerasWriteRequest,
} from "../../ops/keras.js";
import type { JsonObject } from "../../json-object.js";
import type { Shape } from "../../shape/shape.js";
import type { LayerCall, LayerGraph } from "../layers/index.js";
import { failAt } from "./failure.js";
import { layerOrder, type OrderedNode } from "./layer-order.js";
import { mappingOfWord } from "./mappings.js";

export type Emit = (layer: KerasLayer) => KerasTensor;

/** What a program that has Keras's layers calls them, and which of them it has. */
export interface LayerDialect {
  /** As sentences say it: `Keras`. */
  readonly program: string;
  /** The kind of file, as sentences begin with it. */
  readonly format: string;
  /** The name of the layer that is a path of ours. */
  readonly layerName: (path: string) => string;
  /** The name of an input's or output's layer. */
  readonly endName: (name: string) => string;
  /** A layer as the program has it: itself, or others in its place. */
  readonly layer: (layer: KerasLayer, emit: Emit, refuse: (rule: string) => never) => KerasTensor;
  /** An operation as layers; undefined where the program has such nodes. */
  readonly operation?: (operation: KerasOperation, emit: Emit, refuse: (rule: string) => never) => KerasTensor;
}

/** One application: what it is given, in order. */
export interface MadeNode {
  readonly reads: readonly KerasTensor[];
  /** Of an operation: tensors, constants and bare numbers. */
  readonly operands?: readonly (KerasOperand | number)[];
  readonly plain?: readonly unknown[];
  readonly named?: Readonly<Record<string, number>>;
}

export interface MadeWeight {
  /** The layer's own name for it: `kernel`. */
  readonly own: string;
  /** Our name of it. */
  readonly name: string;
}

export interface MadeLayer {
  readonly name: string;
  readonly className: string;
  readonly module: string;
  readonly config: JsonObject;
  readonly weights: readonly MadeWeight[];
  readonly nodes: readonly MadeNode[];
}

export interface WrittenLayers {
  /** In Keras's order. */
  readonly layers: readonly MadeLayer[];
  readonly inputs: readonly KerasTensor[];
  readonly outputs: readonly KerasTensor[];
  /** Names of the outputs, where their layers do not say them. */
  readonly keys: readonly string[] | undefined;
}

interface Made extends MadeLayer {
  readonly nodes: MadeNode[];
  readonly orders: OrderedNode[];
}

/** Our words that Keras has nothing for, all at once. */
export const unwritableWords = ({ calls }: LayerGraph, { format, program }: LayerDialect): SvertkaError | undefined => {
  const words = new Set(
    calls.map(({ word }) => word).filter((word) => !isTensorWord(word) && mappingOfWord(word) === undefined),
  );
  if (words.size === 0) return undefined;
  const said = [...words].join(", ").slice(0, 90);
  const [first] = calls.filter(({ word }) => words.has(word));
  return mistake(
    "Unsupported",
    first?.name ?? "",
    `${format}: ${program} has no ${said}: use layers that it has in their place`,
  );
};

const isTensorWord = (word: string): boolean => word === "parameter" || word === "tensor";

export class LayerWriter {
  private readonly made = new Map<string, Made>();
  private readonly values = new Map<string, KerasOperand>();
  /** The layers of each path, in the order in which its mapping makes them. */
  private readonly ofPath = new Map<string, string[]>();
  private readonly frozenParameters = new Set<string>();

  constructor(private readonly dialect: LayerDialect) {}

  write(graph: LayerGraph): WrittenLayers {
    const inputs = graph.inputs.map(({ name, value, shape }) => this.input(name, value, shape));
    for (const call of graph.calls) this.call(call);
    const count = graph.outputs.length;
    const outputs = graph.outputs.map(({ name, value }) => this.output(name, value, count));
    const keys = graph.outputs.map(({ name }) => this.dialect.endName(name));
    // Where a layer inside has the name of another output, keys name them.
    const areKeyed = count > 1 && outputs.some(({ layer }, place) => layer !== keys[place]);
    const orderOf = ({ layer, node }: KerasTensor): OrderedNode | undefined => this.made.get(layer)?.orders[node];
    const order = layerOrder(
      outputs.flatMap((output) => orderOf(output) ?? []),
      inputs.map(({ layer }) => layer),
    );
    const layers = order.flatMap((name) => this.made.get(name) ?? []);
    return { layers, inputs, outputs, keys: areKeyed ? keys : undefined };
  }

  private refuse(where: string, rule: string): never {
    return failAt("Unsupported", where, `${this.dialect.format}: ${rule}`);
  }

  private free(wanted: string): string {
    let name = wanted;
    for (let count = 1; this.made.has(name); count++) name = `${wanted}_${count}`;
    return name;
  }

  private add(layer: Omit<MadeLayer, "nodes">): Made {
    const made = { ...layer, nodes: [], orders: [] };
    this.made.set(layer.name, made);
    return made;
  }

  private input(name: string, value: string, shape: Shape): KerasTensor {
    const config = { batch_shape: [null, ...shape], dtype: "float32", sparse: false, ragged: false, optional: false };
    const made = this.add({
      name: this.free(this.dialect.endName(name)),
      className: "InputLayer",
      module: "keras.layers",
      config,
      weights: [],
    });
    made.nodes.push({ reads: [] });
    made.orders.push({ layer: made.name, reads: [] });
    const tensor: KerasTensor = { kind: "tensor", layer: made.name, node: 0, shape };
    this.values.set(value, tensor);
    return tensor;
  }

  /** An output that has a name of its own is a layer of that name; one alone called `output` is just the last layer. */
  private output(name: string, value: string, count: number): KerasTensor {
    const tensor = this.values.get(value);
    if (tensor?.kind !== "tensor")
      return this.refuse(name, "an output of the model does not depend on its inputs: leave it out");
    const wanted = this.dialect.endName(name);
    if ((count === 1 && name === "output") || this.made.has(wanted)) return tensor;
    const config = { dtype: "float32", activation: "linear" };
    const made = this.add({
      name: this.free(wanted),
      className: "Activation",
      module: "keras.layers",
      config,
      weights: [],
    });
    return this.node(made, { reads: [tensor] }, tensor.shape);
  }

  private call(call: LayerCall): void {
    const { word, name, value, shape } = call;
    const [first] = call.arguments ?? [];
    const weight = call.weights[""];
    if (word === "parameter" && weight !== undefined) {
      if (call.frozen) this.frozenParameters.add(weight);
      this.values.set(value, { kind: "parameter", weight, shape });
    } else if (word === "tensor")
      this.values.set(value, {
        kind: "constant",
        values: first !== undefined && "value" in first ? first.value : [],
        shape,
      });
    else {
      const mapping = mappingOfWord(word);
      if (mapping?.write === undefined)
        this.refuse(name, `${this.dialect.program} has no ${word}: use a layer that it has`);
      else this.values.set(value, this.mapped(call, mapping.write));
    }
  }

  private mapped(call: LayerCall, write: NonNullable<KerasMapping["write"]>): KerasTensor {
    const operands = call.inputs.flatMap((one) => this.values.get(one) ?? []);
    const tensors = operands.filter((one) => one.kind === "tensor");
    if (call.arguments === undefined && tensors.length < operands.length)
      return this.refuse(call.name, `${call.word} of a tensor without a batch axis has no layer in Keras: use ops`);
    if (tensors.length === 0)
      return this.refuse(call.name, `${call.word} of weights alone has no layer in Keras: compute it before`);
    const state = { place: 0 };
    const refuse = (rule: string): never => failAt("Unsupported", call.name, `${call.word}: ${rule}`);
    const emit: Emit = (layer) => this.layer(layer, call, state);
    const request: KerasWriteRequest = {
      options: call.options,
      inputs: tensors,
      given: (call.arguments ?? []).flatMap((one): KerasWriteRequest["given"] => {
        if ("input" in one) return operands.slice(one.input, one.input + 1);
        if ("inputs" in one) return one.inputs.flatMap((place) => operands[place] ?? []);
        return [{ value: "formula" in one ? undefined : one.value }];
      }),
      shape: call.shape,
      layer: (layer) => this.dialect.layer(layer, emit, refuse),
      operation: (operation) =>
        this.dialect.operation === undefined
          ? this.operation(operation, call, state)
          : this.dialect.operation(operation, emit, refuse),
      refuse,
    };
    return write(request);
  }

  /** The layer that this place of the path's mapping has: the one of an earlier call, or a new one. */
  private placed(path: string, state: { place: number }, wanted: Omit<MadeLayer, "nodes">): Made {
    const names = this.ofPath.get(path) ?? [];
    this.ofPath.set(path, names);
    const place = state.place++;
    const before = this.made.get(names[place] ?? "");
    const isSame = before !== undefined && JSON.stringify(before.config) === JSON.stringify(wanted.config);
    if (isSame && before.className === wanted.className) return before;
    if (before !== undefined && wanted.weights.length > 0)
      return this.refuse(path, "its applications need different layers in Keras, which cannot share weights");
    const made = this.add({ ...wanted, name: this.free(wanted.name) });
    names[place] ??= made.name;
    return made;
  }

  private layer(layer: KerasLayer, call: LayerCall, state: { place: number }): KerasTensor {
    const { inputs, className, part, shape = call.shape } = layer;
    const weights = (layer.weights ?? []).map((own): MadeWeight => ({ own, name: call.weights[own] ?? own }));
    const frozen = call.frozen || weights.some(({ name }) => this.frozenParameters.has(name));
    const made = this.placed(call.name, state, {
      name: this.dialect.layerName(part === undefined ? call.name : `${call.name}/${part}`),
      className,
      module: "keras.layers",
      // Some layers without weights do not take the word.
      config: { ...(weights.length > 0 ? { trainable: !frozen } : {}), dtype: "float32", ...layer.config },
      weights,
    });
    return this.node(made, { reads: inputs }, shape);
  }

  private operation(operation: KerasOperation, call: LayerCall, state: { place: number }): KerasTensor {
    const { className, module, config, part, shape = call.shape, named = {}, plain = [] } = operation;
    const made = this.placed(call.name, state, {
      name: this.dialect.layerName(part === undefined ? call.name : `${call.name}/${part}`),
      className,
      module,
      config,
      weights: [],
    });
    const tensors = operation.arguments.filter((one) => typeof one === "object").filter((one) => one.kind === "tensor");
    for (const one of operation.arguments) this.operand(one, call);
    return this.node(made, { reads: tensors, operands: operation.arguments, plain, named }, shape);
  }

  /** An operation is given tensors, and numbers that JSON has. */
  private operand(one: KerasOperand | number, { name, word }: LayerCall): void {
    const rule = (text: string): never => failAt("Unsupported", name, `${word}: ${text}`);
    if (typeof one === "number" && !Number.isFinite(one))
      rule(`${one} cannot be written into a Keras file: use a finite number`);
    if (typeof one === "object" && one.kind === "parameter")
      rule("Keras has no layer for this use of a parameter: use a layer with weights");
  }

  private node(made: Made, node: MadeNode, shape: Shape): KerasTensor {
    const reads = node.reads.flatMap(({ layer, node: place }) => this.made.get(layer)?.orders[place] ?? []);
    made.nodes.push(node);
    made.orders.push({ layer: made.name, reads });
    return { kind: "tensor", layer: made.name, node: made.nodes.length - 1, shape };
  }
}
