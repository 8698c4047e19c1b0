/** Elementwise operators by our own kernel on GPUs: TensorFlow.js's shaders lose NaN and infinities (relu of −∞ is NaN), and a chain of them can become one. */
import type { Attributes } from "../../../compiler/ir/graph.js";
import { formulaCall } from "../../../ops/elementwise.js";
import type { KernelCall, KernelRequest } from "../../../ops/operator.js";
import { operators } from "../../../ops/registry.js";

/** The calls that a GPU backend prefers, by operator. */
export const formulasFirst = (): Readonly<Record<string, (request: KernelRequest<Attributes>) => KernelCall>> =>
  Object.fromEntries(
    [...operators.values()].flatMap((operator) =>
      operator.traits.includes("elementwise") && operator.formula !== undefined
        ? [
            [
              operator.name,
              ({ inputs, attrs }: KernelRequest<Attributes>) =>
                formulaCall(operator.formula?.(attrs) ?? "x0", inputs.length),
            ] as const,
          ]
        : [],
    ),
  );
