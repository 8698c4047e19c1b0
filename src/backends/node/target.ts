/** The node backend is TensorFlow. */
import { tensorFlowTarget } from "../../io/tensorflow/target.js";

export const target: ReturnType<typeof tensorFlowTarget> = tensorFlowTarget("node");
