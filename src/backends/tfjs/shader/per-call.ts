/** What a kernel derives from a call's attributes and shapes is kept with the attributes: a program's step keeps its object. */
import type { TensorInfo } from "@tensorflow/tfjs-core";
import type { ConcreteType, KernelCall } from "../../../ops/operator.js";

type Make<A> = (inputs: readonly TensorInfo[], output: ConcreteType, attrs: KernelCall["attrs"]) => A;

/** Remembers what `make` gives for the same attributes object under the same shapes; it must not depend on more. */
export const perCall = <A>(make: Make<A>): Make<A> => {
  const known = new WeakMap<object, Map<string, A>>();
  return (inputs, output, attrs) => {
    let ofAttributes = known.get(attrs);
    if (ofAttributes === undefined) known.set(attrs, (ofAttributes = new Map<string, A>()));
    const key = `${inputs.map(({ dtype, shape }) => `${dtype}${shape.join()}`).join(" ")} ${output.dtype}${output.shape.join()}`;
    let value = ofAttributes.get(key);
    if (value === undefined) ofAttributes.set(key, (value = make(inputs, output, attrs)));
    return value;
  };
};
