/** What both GPU backends prefer to TensorFlow.js's shaders, and what they have decomposed. */
import type { Attributes } from "../../../compiler/ir/graph.js";
import { formulaCall } from "../../../ops/elementwise.js";
import type { KernelCall, KernelRequest } from "../../../ops/operator.js";
import { operators } from "../../../ops/registry.js";
import { ownCall, type TfjsTargetOptions } from "../target.js";

/** Operators that both decompose though they have a kernel. */
export const avoidedOnGpus: readonly string[] = [];

/** As many classes as one cell may well read twice. */
const shortRow = 128;

/**
 * TensorFlow.js's softmax is five shaders, packing aside, and loses a NaN. Of short rows ours is one; of long ones no kernel is
 * named that there is, so that it is decomposed, into four.
 */
const softmax = (request: KernelRequest<Attributes>): KernelCall =>
  ownCall((request.output.shape.at(-1) ?? 0) <= shortRow ? "softmax" : "softmaxOfLongRows")(request);

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
  softmax,
});
