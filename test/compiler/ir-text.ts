/** Graphs as text for the tests of passes: parsed, verified, changed by a pass, printed again. */
import { operators } from "../../src/ops/registry.js";
import { eliminateDeadCode } from "../../src/compiler/passes/eliminate-dead-code.js";
import type { Graph, Stage } from "../../src/compiler/ir/graph.js";
import { parseGraph } from "../../src/compiler/ir/parse.js";
import { graphText } from "../../src/compiler/ir/text.js";
import { verify } from "../../src/compiler/ir/verify.js";
import type { Pass } from "../../src/compiler/passes/pass.js";
import { kernelTarget, type KernelTarget, type Target } from "../../src/compiler/target.js";
import { orThrow } from "../../src/errors.js";

/** Lines of IR, as graphText ends them. */
export const ir = (...lines: readonly string[]): string => lines.map((line) => `${line}\n`).join("");

/** An input, parameter or state of float32. */
export const source = (id: number, op: string, name: string, shape: readonly (number | "n")[]): string => {
  const dims = shape.map((dim) => (dim === "n" ? '"n"' : dim)).join(", ");
  return `%${id} = ${op}() {dtype: "f32", name: "${name}", shape: [${dims}]} : f32[${shape.join(", ")}]`;
};

/** A convolution's attributes: stride 1, no padding, no dilation. */
export const slide = (groups = 1): string =>
  `{dilations: [1, 1], groups: ${groups}, pads: [[0, 0], [0, 0]], strides: [1, 1]}`;

export const product = "{transposeA: false, transposeB: false}";

/** A target that has every kernel, and fuses a bias and the activations that TensorFlow.js's kernels name, but not tanh. */
export const anyTarget: KernelTarget = kernelTarget({
  name: "any",
  call: ({ name }, { inputs, attrs }) => ({ kernel: name, inputs: inputs.map((_, index) => index), attrs }),
  avoids: new Set(),
  fuses: (_root, stages: readonly Stage[]) => stages.every(({ op }) => op !== "tanh"),
});

export const parsed = (text: string): Graph => orThrow(parseGraph(text, operators, "test"));

/** The text of a graph after a pass; what is dead then is dropped, as the pipeline does after each group of passes. */
export const after = (pass: Pass, text: string, target: Target = anyTarget): string => {
  const context = { registry: operators, target };
  const changed = pass.run(parsed(text), context);
  const problem = verify(changed, operators);
  if (problem !== undefined) throw new Error(`${pass.name} broke the graph: ${problem}`);
  return graphText(eliminateDeadCode.run(changed, context));
};

/** A text without its dead nodes, the rest numbered anew. */
export const withoutDead = (text: string): string =>
  graphText(eliminateDeadCode.run(parsed(text), { registry: operators, target: anyTarget }));

/** The same as {@link after}, without dropping anything. */
export const exactlyAfter = (pass: Pass, text: string, target: Target = anyTarget): string =>
  graphText(pass.run(parsed(text), { registry: operators, target }));
