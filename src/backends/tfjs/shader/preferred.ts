/** What both GPU backends prefer to TensorFlow.js's shaders, and what they have decomposed. */
import type { Attributes } from "../../../compiler/ir/graph.js";
import { formulaCall } from "../../../ops/elementwise.js";
import type { KernelCall, KernelRequest } from "../../../ops/operator.js";
import { operators } from "../../../ops/registry.js";
import { ownCall, type TfjsTargetOptions } from "../target.js";

/** TensorFlow.js's softmax is five shaders and loses a NaN; four of ours keep it. */
export const avoidedOnGpus: readonly string[] = ["softmax"];

/** Every elementwise operator by its formula: TensorFlow.js's shaders lose NaN and infinities (relu of −∞ is NaN there). */
const formulas = (): TfjsTargetOptions["preferred"] =>
  Object.fromEntries(
    [...operators.values()].flatMap((operator) =>
      operator.traits.includes("elementwise")
        ? [
            [
              operator.name,
              ({ inputs, attrs }: KernelRequest<Attributes>): KernelCall | undefined => {
                const formula = operator.formula?.(attrs);
                return formula === undefined ? undefined : formulaCall(formula, inputs.length);
              },
            ] as const,
          ]
        : [],
    ),
  );

/** TensorFlow.js's shaders do not compile from rank 5 on, and WebGL's not for rank 0. */
const padOfOddRank = (request: KernelRequest<Attributes>): KernelCall | undefined =>
  request.output.shape.length === 0 || request.output.shape.length > 4 ? ownCall("pad")(request) : undefined;

export const preferredOnGpus = (): TfjsTargetOptions["preferred"] => ({
  ...formulas(),
  maxPool2dGradient: ownCall("maxPool2dGradient"),
  pad: padOfOddRank,
});
