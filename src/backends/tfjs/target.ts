/** What a TensorFlow.js backend can do, as a target of the compiler: from its registered kernels and a table of its own. */
import { getKernelsForBackend } from "@tensorflow/tfjs-core";
import type { Attributes, Stage } from "../../compiler/ir/graph.js";
import { kernelTarget, type KernelTarget } from "../../compiler/target.js";
import { fusedActivationNames } from "../../ops/epilogue.js";
import type { KernelCall, KernelRequest } from "../../ops/operator.js";

export interface TfjsTargetOptions {
  readonly name: string;
  /** Names of our own kernels on this backend. */
  readonly ownKernels: readonly string[];
  /** Calls that this backend prefers to the operator's own, by operator; undefined where it does not. */
  readonly preferred: Readonly<Record<string, (request: KernelRequest<Attributes>) => KernelCall | undefined>>;
  readonly avoids: readonly string[];
  /** Operators whose kernels take a bias, then a residual and activations of any formula. */
  readonly fusesFormulas?: readonly string[];
  /** How many inputs a generated elementwise kernel may read, where there are such kernels. */
  readonly formulaInputs?: number;
  /** Whether there are generated kernels with several results. */
  readonly joint?: boolean;
  readonly formBefore?: KernelTarget["formBefore"];
}

/** A call of our own kernel that takes the operator's inputs and attributes as they are. */
export const ownCall =
  (kernel: string) =>
  ({ inputs, attrs }: KernelRequest<Attributes>): KernelCall => ({
    kernel,
    inputs: inputs.map((_, index) => index),
    attrs,
  });

export const tfjsTarget = ({
  name,
  ownKernels,
  preferred,
  avoids,
  fusesFormulas = [],
  formulaInputs,
  joint,
  formBefore,
}: TfjsTargetOptions): KernelTarget => {
  const kernels = new Set([...ownKernels, ...getKernelsForBackend(name).map((kernel) => kernel.kernelName)]);
  return kernelTarget({
    name,
    call: (operator, request) => {
      const call = preferred[operator.name]?.(request) ?? operator.kernel?.(request);
      return call !== undefined && kernels.has(call.kernel) ? call : undefined;
    },
    avoids: new Set(avoids),
    fuses: (root, stages) =>
      fusesFormulas.includes(root.name) ? stages.every(({ formula }) => formula !== undefined) : stages.every(isFused),
    formulas: formulaInputs === undefined ? undefined : { inputs: formulaInputs, joint },
    formBefore,
  });
};

/** A bias, or an activation for which fused kernels have a name. */
const isFused = ({ op }: Stage): boolean => op === "biasAdd" || Object.hasOwn(fusedActivationNames, op);
