/** From layers in plain data to a model's configuration, and where each weight is to lie in the file. */
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
import { counted, kerasEnd, kerasName, snakeCase } from "./names.js";

export interface WrittenLayers {
  /** The content of config.json. */
  readonly config: JsonObject;
  /** Groups of the file with our names of the weights in each. */
  readonly groups: readonly { readonly path: string; readonly name: string; readonly weights: readonly string[] }[];
  /** Groups of layers that draw random numbers, whose state Keras keeps there. */
  readonly seeds: readonly string[];
}

interface Made {
  readonly name: string;
  readonly className: string;
  readonly module: string;
  readonly config: JsonObject;
  readonly weights: readonly string[];
  readonly nodes: { readonly json: JsonObject; readonly order: OrderedNode }[];
}

/** Our words that Keras has nothing for, all at once. */
export const unwritableWords = ({ calls }: LayerGraph): SvertkaError | undefined => {
  const words = new Set(
    calls.map(({ word }) => word).filter((word) => !isTensorWord(word) && mappingOfWord(word) === undefined),
  );
  if (words.size === 0) return undefined;
  const said = [...words].join(", ").slice(0, 90);
  const [first] = calls.filter(({ word }) => words.has(word));
  return mistake(
    "Unsupported",
    first?.name ?? "",
    `Keras file: Keras has no ${said}: use layers that it has in their place`,
  );
};

const isTensorWord = (word: string): boolean => word === "parameter" || word === "tensor";

export class LayerWriter {
  private readonly made = new Map<string, Made>();
  private readonly values = new Map<string, KerasOperand>();
  /** The layers of each path, in the order in which its mapping makes them. */
  private readonly ofPath = new Map<string, string[]>();
  private readonly frozenParameters = new Set<string>();

  write(graph: LayerGraph): WrittenLayers {
    const inputs = graph.inputs.map(({ name, value, shape }) => this.input(name, value, shape));
    for (const call of graph.calls) this.call(call);
    const count = graph.outputs.length;
    const outputs = graph.outputs.map(({ name, value }) => this.output(name, value, count));
    const keys = graph.outputs.map(({ name }) => kerasEnd(name));
    // Where a layer inside has the name of another output, keys name them.
    const areKeyed = count > 1 && outputs.some(({ layer }, place) => layer !== keys[place]);
    const nodeOf = ({ layer, node }: KerasTensor): OrderedNode | undefined => this.made.get(layer)?.nodes[node]?.order;
    const order = layerOrder(
      outputs.flatMap((output) => nodeOf(output) ?? []),
      inputs.map(({ layer }) => layer),
    );
    const layers = order.flatMap((name) => this.made.get(name) ?? []);
    const config = {
      module: "keras.src.models.functional",
      class_name: "Functional",
      config: {
        name: "model",
        trainable: true,
        layers: layers.map(jsonOf),
        input_layers: endsOf(inputs),
        output_layers: areKeyed ? keyed(keys, outputs) : endsOf(outputs),
      },
      registered_name: "Functional",
      build_config: { input_shape: null },
    };
    return { config, ...placesOf(layers) };
  }

  private free(wanted: string): string {
    let name = wanted;
    for (let count = 1; this.made.has(name); count++) name = `${wanted}_${count}`;
    return name;
  }

  private add(layer: Omit<Made, "nodes">): Made {
    const made = { ...layer, nodes: [] };
    this.made.set(layer.name, made);
    return made;
  }

  private input(name: string, value: string, shape: Shape): KerasTensor {
    const config = { batch_shape: [null, ...shape], dtype: "float32", sparse: false, ragged: false, optional: false };
    const made = this.add({
      name: this.free(kerasEnd(name)),
      className: "InputLayer",
      module: "keras.layers",
      config,
      weights: [],
    });
    made.nodes.push({ json: {}, order: { layer: made.name, reads: [] } });
    const tensor: KerasTensor = { kind: "tensor", layer: made.name, node: 0, shape };
    this.values.set(value, tensor);
    return tensor;
  }

  /** An output that has a name of its own is a layer of that name; one alone called `output` is just the last layer. */
  private output(name: string, value: string, count: number): KerasTensor {
    const tensor = this.values.get(value);
    if (tensor?.kind !== "tensor")
      return failAt(
        "Unsupported",
        name,
        "Keras file: an output of the model does not depend on its inputs: leave it out",
      );
    const wanted = kerasEnd(name);
    if ((count === 1 && name === "output") || this.made.has(wanted)) return tensor;
    const config = { dtype: "float32", activation: "linear" };
    const made = this.add({
      name: this.free(wanted),
      className: "Activation",
      module: "keras.layers",
      config,
      weights: [],
    });
    return this.node(made, [tensor], [jsonOfTensor(tensor)], {}, tensor.shape);
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
        failAt("Unsupported", name, `Keras file: Keras has no ${word}: use a layer that it has`);
      else this.values.set(value, this.mapped(call, mapping.write));
    }
  }

  private mapped(call: LayerCall, write: NonNullable<KerasMapping["write"]>): KerasTensor {
    const operands = call.inputs.flatMap((one) => this.values.get(one) ?? []);
    const tensors = operands.filter((one) => one.kind === "tensor");
    if (call.arguments === undefined && tensors.length < operands.length)
      return failAt(
        "Unsupported",
        call.name,
        `Keras file: ${call.word} of a tensor without a batch axis has no layer in Keras: use ops`,
      );
    if (tensors.length === 0)
      return failAt(
        "Unsupported",
        call.name,
        `Keras file: ${call.word} of weights alone has no layer in Keras: compute it before`,
      );
    const state = { place: 0 };
    const request: KerasWriteRequest = {
      options: call.options,
      inputs: tensors,
      given: (call.arguments ?? []).flatMap((one): KerasWriteRequest["given"] => {
        if ("input" in one) return operands.slice(one.input, one.input + 1);
        if ("inputs" in one) return one.inputs.flatMap((place) => operands[place] ?? []);
        return [{ value: "formula" in one ? undefined : one.value }];
      }),
      shape: call.shape,
      layer: (layer) => this.layer(layer, call, state),
      operation: (operation) => this.operation(operation, call, state),
      refuse: (rule) => failAt("Unsupported", call.name, `${call.word}: ${rule}`),
    };
    return write(request);
  }

  /** The layer that this place of the path's mapping has: the one of an earlier call, or a new one. */
  private placed(path: string, state: { place: number }, wanted: Omit<Made, "nodes">): Made {
    const names = this.ofPath.get(path) ?? [];
    this.ofPath.set(path, names);
    const place = state.place++;
    const before = this.made.get(names[place] ?? "");
    const isSame = before !== undefined && JSON.stringify(before.config) === JSON.stringify(wanted.config);
    if (isSame && before.className === wanted.className) return before;
    if (before !== undefined && wanted.weights.length > 0)
      return failAt(
        "Unsupported",
        path,
        "Keras file: its applications need different layers in Keras, which cannot share weights",
      );
    const made = this.add({ ...wanted, name: this.free(wanted.name) });
    names[place] ??= made.name;
    return made;
  }

  private layer(layer: KerasLayer, call: LayerCall, state: { place: number }): KerasTensor {
    const { inputs, className, part, shape = call.shape } = layer;
    const weights = (layer.weights ?? []).map((name) => call.weights[name] ?? name);
    const frozen = call.frozen || weights.some((name) => this.frozenParameters.has(name));
    const made = this.placed(call.name, state, {
      name: kerasName(part === undefined ? call.name : `${call.name}/${part}`),
      className,
      module: "keras.layers",
      // Some layers without weights do not take the word.
      config: { ...(weights.length > 0 ? { trainable: !frozen } : {}), dtype: "float32", ...layer.config },
      weights,
    });
    const json = inputs.map(jsonOfTensor);
    return this.node(made, inputs, json.length > 1 ? [json] : json, {}, shape);
  }

  private operation(operation: KerasOperation, call: LayerCall, state: { place: number }): KerasTensor {
    const { className, module, config, part, shape = call.shape, named = {}, plain = [] } = operation;
    const made = this.placed(call.name, state, {
      name: kerasName(part === undefined ? call.name : `${call.name}/${part}`),
      className,
      module,
      config,
      weights: [],
    });
    const tensors = operation.arguments.filter((one) => typeof one === "object").filter((one) => one.kind === "tensor");
    const json = operation.arguments.map((one) =>
      typeof one === "number"
        ? finite(one, call)
        : one.kind === "tensor"
          ? jsonOfTensor(one)
          : jsonOfConstant(one, call),
    );
    return this.node(made, tensors, [...json, ...plain], named, shape);
  }

  private node(
    made: Made,
    reads: readonly KerasTensor[],
    args: readonly unknown[],
    kwargs: JsonObject,
    shape: Shape,
  ): KerasTensor {
    const nodes = reads.flatMap(({ layer, node }) => this.made.get(layer)?.nodes[node]?.order ?? []);
    made.nodes.push({ json: { args, kwargs }, order: { layer: made.name, reads: nodes } });
    return { kind: "tensor", layer: made.name, node: made.nodes.length - 1, shape };
  }
}

const finite = (value: number, { name, word }: LayerCall): number =>
  Number.isFinite(value)
    ? value
    : failAt("Unsupported", name, `${word}: ${value} cannot be written into a Keras file: use a finite number`);

const jsonOfTensor = ({ layer, node, shape }: KerasTensor): JsonObject => ({
  class_name: "__keras_tensor__",
  config: { shape: [null, ...shape], dtype: "float32", keras_history: [layer, node, 0] },
});

const jsonOfConstant = (operand: KerasOperand, { name, word }: LayerCall): JsonObject =>
  operand.kind === "constant"
    ? { class_name: "__numpy__", config: { value: operand.values, dtype: "float32" } }
    : failAt("Unsupported", name, `${word}: Keras has no layer for this use of a parameter: use a layer with weights`);

const jsonOf = ({ name, className, module, config, nodes }: Made): JsonObject => ({
  module,
  class_name: className,
  config: { name, ...config },
  registered_name: module === "keras.layers" ? null : className,
  name,
  inbound_nodes: className === "InputLayer" ? [] : nodes.map(({ json }) => json),
});

/** Flat for one, nested for several. */
const endsOf = (tensors: readonly KerasTensor[]): unknown => {
  const all = tensors.map(({ layer, node }) => [layer, node, 0]);
  return all.length === 1 ? all[0] : all;
};

const keyed = (keys: readonly string[], tensors: readonly KerasTensor[]): Readonly<Record<string, unknown>> =>
  Object.fromEntries(tensors.map((tensor, place) => [keys[place] ?? "", endsOf([tensor])]));

const random = /Dropout|Noise/;

const placesOf = (layers: readonly Made[]): Pick<WrittenLayers, "groups" | "seeds"> => {
  const names = counted();
  const placed = layers
    .filter(({ module }) => module === "keras.layers")
    .map((layer) => ({ layer, path: `layers/${names(snakeCase(layer.className))}` }));
  return {
    groups: placed.map(({ layer, path }) => ({ path: `${path}/vars`, name: layer.name, weights: layer.weights })),
    seeds: placed.filter(({ layer }) => draws(layer)).map(({ path }) => `${path}/seed_generator/vars`),
  };
};

/** A layer whose rate is 0 keeps no state. */
const draws = ({ className, config }: Made): boolean =>
  random.test(className) && Number(config["rate"] ?? config["stddev"] ?? 0) > 0;
