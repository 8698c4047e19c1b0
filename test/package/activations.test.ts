/** An activation is one file and one line: its name stands in src nowhere else, except where the table below says why. */
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { activation, input, operators } from "../../src/index.js";
import * as list from "../../src/ops/activation-index.js";
import { isPoisoned } from "../../src/shape/shape.js";
import { filesUnder, root } from "./imports.js";

const words = (text: string): readonly string[] => text.split(" ");

/** Files that name activations of their own accord, and which. */
const users: Readonly<Record<string, readonly string[]>> = {
  // Those that ONNX or TensorFlow has; the others are written as their formulas.
  "src/ops/onnx-index.ts": words(
    "elu gelu hardSigmoid hardSwish leakyRelu logSoftmax mish relu relu6 selu sigmoid softmax softplus tanh",
  ),
  "src/ops/onnx-reading-softmax.ts": words("logSoftmax softmax"),
  // ONNX's Clip is one of them between their bounds.
  "src/io/onnx/read/families/clip.ts": words("relu relu6"),
  "src/ops/tensorflow-index.ts": words("elu leakyRelu logSoftmax relu relu6 softmax"),
  // Those that TensorFlow.js's layers have, or have otherwise; the others are refused there.
  "src/io/tensorflow-js/activations.ts": words(
    "elu gelu mish relu relu6 selu sigmoid silu softmax softplus softsign swish",
  ),
  "src/io/tensorflow-js/differences.ts": words("hardSigmoid"),
  "src/io/tensorflow-js/operations.ts": words("relu sigmoid"),
  // TensorFlow.js's fused kernels, and what its GPU backends do badly.
  "src/ops/epilogue.ts": words("relu relu6 sigmoid"),
  "src/backends/tfjs/shader/preferred.ts": words("softmax"),
  // Blocks and operations for users, made of the vocabulary.
  "src/dsl/blocks/inception-block.ts": words("relu"),
  "src/dsl/blocks/squeeze-excite.ts": words("relu sigmoid"),
  "src/dsl/blocks/u-net-step.ts": words("relu"),
  "src/dsl/operations/elementwise.ts": words("relu sigmoid"),
  "src/ops/keras-operations.ts": words("relu sigmoid"),
  // Keras's layer ReLU(6).
  "src/ops/relu.ts": words("relu6"),
  // Losses and metrics of logits.
  "src/train/losses/categorical-crossentropy.ts": words("logSoftmax"),
  "src/train/losses/focal-crossentropy.ts": words("sigmoid"),
  "src/train/metrics/auc.ts": words("sigmoid"),
};

/** Names that are words for other things too: a scalar function of formulas, an option of metrics and callbacks. */
const ambiguous: ReadonlySet<string> = new Set(["tanh", "threshold"]);

const names = Object.keys(list).flatMap((name) =>
  name.endsWith("Operator") ? [name.slice(0, -"Operator".length)] : [],
);
/** `src/ops/hard-shrink.ts` for hardShrink; swish is another name of silu. */
const fileOf = (name: string): string =>
  `src/ops/${(name === "swish" ? "silu" : name).replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)}.ts`;
/** The code without comments, which may speak of anything. */
const code = new Map(
  filesUnder("src").map((file) => [
    file,
    readFileSync(join(root, file), "utf8").replaceAll(/\/\*[\s\S]*?\*\/|(?<=^|\s)\/\/[^\n]*/gm, ""),
  ]),
);
const says = (name: string): RegExp =>
  ambiguous.has(name)
    ? new RegExp(`\\b${name}(?:Operator|Onnx|TensorFlow)\\b`)
    : new RegExp(`["'\`]${name}["'\`]|\\b${name}(?:Operator|Onnx|TensorFlow)\\b`);

describe.each(names)("%s", (name) => {
  test("occurs in its own file and in the list", () => {
    const own = ["src/ops/activation-index.ts", ...(name === "swish" ? [] : [fileOf(name)])];
    const used = Object.keys(users).filter((file) => users[file]?.includes(name));
    const found = [...code].flatMap(([file, text]) => (says(name).test(text) ? [file] : []));
    expect(found.toSorted()).toEqual([...own, ...used].toSorted());
  });

  test("is an operator of the registry, and usable by its name", () => {
    const operator = operators.get(name === "swish" ? "silu" : name);
    expect(operator).toMatchObject({ inline: { gives: expect.any(String) } });
    // As a file that nobody type-checked has it.
    const { shape } = activation({ name: name as "tanh" })(input([2, 3]));
    expect(isPoisoned(shape)).toBe(false);
    expect(shape).toEqual([2, 3]);
  });
});
