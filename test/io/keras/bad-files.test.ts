/** Keras files that nobody should trust: what is said of each, and with which exit code. */
import { describe, expect, test } from "vitest";
import { exitCodeOf, orThrow, render } from "../../../src/errors.js";
import { E } from "../../../src/fp.js";
import { writeArchive } from "../../../src/io/keras/archive.js";
import { readKeras } from "../../../src/io/keras/read.js";
import { entriesOf, withConfig } from "./damaged.js";
import { keptBytes } from "./kept-files.js";

type Json = Record<string, unknown>;

const told = async (bytes: Uint8Array): Promise<string> => {
  const read = await readKeras(bytes, "net.keras")();
  return E.isRight(read) ? "read" : `${exitCodeOf(read.left)} ${render(read.left)}`;
};

/** The configuration's layers of a kept file changed in place. */
const changed = (id: string, change: (layers: Json[], config: Json) => void): Uint8Array =>
  withConfig(keptBytes(id), (text) => {
    const model: { config: { layers: Json[] } & Json } = JSON.parse(text);
    change(model.config.layers, model.config);
    return JSON.stringify(model);
  });

const configOf = (layer: Json | undefined): Json => {
  const config = layer?.["config"];
  return typeof config === "object" && config !== null ? Object.assign(config) : {};
};

const lambda = {
  module: "keras.layers",
  class_name: "Lambda",
  config: { name: "code", function: "exit()" },
  registered_name: null,
  name: "code",
  inbound_nodes: [],
};

describe("refused", () => {
  const order = keptBytes("order");
  const entries = entriesOf(order);
  const archive = (more: Record<string, Uint8Array | undefined>): Uint8Array =>
    writeArchive(
      Object.fromEntries(
        Object.entries({ ...entries, ...more }).flatMap(([name, content]) =>
          content === undefined ? [] : [[name, content]],
        ),
      ),
    );
  const text = (value: string): Uint8Array => new TextEncoder().encode(value);

  test.each<{ name: string; bytes: () => Uint8Array; says: string }>([
    { name: "nothing", bytes: () => new Uint8Array(), says: "2 net.keras: Keras file: it is no zip archive" },
    { name: "text", bytes: () => text("hello ".repeat(20)), says: "2 net.keras: Keras file: it is no zip archive" },
    {
      name: "a half",
      bytes: () => order.slice(0, order.length / 2),
      says: "2 net.keras: Keras file: the zip archive has no directory",
    },
    {
      name: "no configuration",
      bytes: () => archive({ "config.json": undefined }),
      says: "2 net.keras: Keras file: the archive has no config.json",
    },
    {
      name: "no weights",
      bytes: () => archive({ "model.weights.h5": undefined }),
      says: "2 net.keras: Keras file: the archive has no model.weights.h5",
    },
    {
      name: "no HDF5",
      bytes: () => archive({ "model.weights.h5": text("nothing") }),
      says: "2 net.keras: Keras file: model.weights.h5 is no HDF5 file",
    },
    {
      name: "half the weights",
      bytes: () => archive({ "model.weights.h5": entries["model.weights.h5"]?.slice(0, 3000) }),
      says: "2 net.keras: Keras file: ",
    },
    {
      name: "no JSON",
      bytes: () => archive({ "config.json": text('{"a": ') }),
      says: "2 net.keras: Keras file: config.json is no JSON",
    },
    {
      name: "deep JSON",
      bytes: () => archive({ "config.json": text("[".repeat(100_000)) }),
      says: "2 net.keras: Keras file: config.json is nested more than 400 deep",
    },
    {
      name: "a list",
      bytes: () => archive({ "config.json": text("[]") }),
      says: "2 net.keras: Keras file: config.json is no object",
    },
    {
      name: "Keras 2",
      bytes: () => archive({ "metadata.json": text('{"keras_version": "2.4.0"}') }),
      says: "3 net.keras: Keras file: Keras 2.4.0 wrote it: save it with Keras 3",
    },
    {
      name: "a wrong checksum",
      bytes: () => order.with(Math.floor(order.length / 2), (order[Math.floor(order.length / 2)] ?? 0) ^ 0xff),
      says: "2 net.keras: Keras file: model.weights.h5 is not what was written: the file is cut short or damaged",
    },
    {
      name: "code",
      bytes: () => changed("order", (layers) => layers.push(lambda)),
      says: "3 net.keras: Keras file: svertka has no Lambda: the code of a Lambda is not run",
    },
    {
      name: "all unknown layers at once",
      bytes: () =>
        changed("order", (layers) => {
          for (const class_name of ["LSTM", "Embedding", "LSTM"])
            layers.push({ ...lambda, class_name, name: `x${layers.length}` });
        }),
      says: "3 net.keras: Keras file: svertka has no LSTM, Embedding: replace them in Keras",
    },
    {
      name: "a class of one's own",
      bytes: () =>
        changed("order", (layers) =>
          layers.push({ ...lambda, module: "my.code", class_name: "Dense", registered_name: "my>Dense" }),
        ),
      says: "3 net.keras: Keras file: svertka has no Dense",
    },
    {
      name: "a cycle",
      bytes: () =>
        changed("order", (layers) => {
          const [first, second] = layers.filter(({ class_name }) => class_name === "Dense");
          if (first !== undefined)
            first["inbound_nodes"] = JSON.parse(
              JSON.stringify(second?.["inbound_nodes"]).replaceAll(
                /"keras_history":\["[^"]*"/g,
                `"keras_history":["${String(second?.["name"])}"`,
              ),
            );
        }),
      says: "a model has no cycles",
    },
    {
      name: "a weight of another shape",
      bytes: () =>
        changed(
          "order",
          (layers) => void (configOf(layers.findLast(({ class_name }) => class_name === "Dense"))["use_bias"] = false),
        ),
      says: "read",
    },
    {
      name: "other units",
      bytes: () => changed("sequential", (layers) => void (configOf(layers.at(-1))["units"] = 6)),
      says: "is [64, 5], its layer needs [64, 6]",
    },
    {
      name: "absurd units",
      bytes: () => changed("sequential", (layers) => void (configOf(layers.at(-1))["units"] = 1e12)),
      says: "2 ",
    },
    {
      name: "units as text",
      bytes: () => changed("sequential", (layers) => void (configOf(layers.at(-1))["units"] = "../")),
      says: '2 dense: Dense: units "../" is no number',
    },
    {
      name: "an option that svertka has not",
      bytes: () => changed("sequential", (layers) => void (configOf(layers.at(-1))["sparkle"] = 3)),
      says: "3 dense: Dense: sparkle 3 is not supported",
    },
    {
      name: "channels first",
      bytes: () => changed("sequential", (layers) => void (configOf(layers[1])["data_format"] = "channels_first")),
      says: '3 conv2d: Conv2D: data_format "channels_first" is not channels_last',
    },
    {
      name: "an input that is not there",
      bytes: () => changed("order", (_, config) => void (config["output_layers"] = ["nowhere", 0, 0])),
      says: "2 nowhere: Keras file: a layer is read that is not there",
    },
    {
      name: "a call that is not there",
      bytes: () => changed("order", (_, config) => void (config["output_layers"] = ["add", 7, 0])),
      says: "2 add: Keras file: a call of the layer is read that is not there",
    },
    {
      name: "a name twice",
      bytes: () => changed("order", (layers) => void layers.push({ ...layers[1] })),
      says: "Keras file: two layers of the model have one name",
    },
    { name: "no layers", bytes: () => changed("sequential", (layers) => void layers.splice(0)), says: "2 sequential" },
    {
      name: "models in models without end",
      bytes: () =>
        withConfig(keptBytes("sequential"), (json) => {
          let model: Json = JSON.parse(json);
          for (let depth = 0; depth < 35; depth++)
            model = {
              module: "keras",
              class_name: "Sequential",
              config: {
                name: `s${depth}`,
                layers: [
                  {
                    class_name: "InputLayer",
                    module: "keras.layers",
                    config: { name: "i", batch_shape: [null, 10, 10, 3] },
                  },
                  model,
                ],
              },
            };
          return JSON.stringify(model);
        }),
      says: "2 s3: Keras file: models are nested more than 30 deep",
    },
  ])("$name", async ({ bytes, says }) => {
    expect(await told(bytes())).toContain(says);
  });

  test("models that double within each other stop at a number of layers", async () => {
    const tensor = (name: string, node: number): Json => ({
      class_name: "__keras_tensor__",
      config: { shape: [null, 4], dtype: "float32", keras_history: [name, node, 0] },
    });
    const call = (name: string, node: number): Json => ({ args: [tensor(name, node)], kwargs: {} });
    const input = {
      class_name: "InputLayer",
      module: "keras.layers",
      name: "i",
      config: { name: "i", batch_shape: [null, 4] },
      inbound_nodes: [],
    };
    let layer: Json = { module: "keras.layers", class_name: "Identity", config: {}, name: "m" };
    for (let depth = 0; depth < 25; depth++) {
      const twice = { ...layer, inbound_nodes: [call("i", 0), call("m", 0)] };
      const end = layer["class_name"] === "Functional" ? 2 : 1;
      layer = {
        module: "keras",
        class_name: "Functional",
        name: "m",
        config: { name: "m", layers: [input, twice], input_layers: ["i", 0, 0], output_layers: ["m", end, 0] },
      };
    }
    const bytes = withConfig(keptBytes("sequential"), () => JSON.stringify(layer));
    expect(await told(bytes)).toContain("Keras file: the model has more than 10000 layers");
  });
});

test("names of prototypes and of other folders are names", async () => {
  const hostile = (name: string): Uint8Array =>
    withConfig(keptBytes("order"), (text) => text.replaceAll('"dense"', JSON.stringify(name)));
  for (const name of ["__proto__", "constructor", "toString"]) {
    const read = orThrow(await readKeras(hostile(name), name)());
    expect([...read.weights.keys()]).toContain(`${name}/kernel`);
  }
  // A path has parts of its own: what a name would make one of, or hide in it, is another sign.
  const read = orThrow(await readKeras(hostile("../../etc"), "up")());
  expect([...read.weights.keys()].some((name) => name.includes("../"))).toBe(false);
  expect(Object.getPrototypeOf({})).toBe(Object.prototype);
});
