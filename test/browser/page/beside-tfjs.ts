/** A page that uses TensorFlow.js by itself beside svertka, on WebGL, and compares what both ask of the GPU. */
import { compare } from "./compare.js";
import "@tensorflow/tfjs-backend-webgl";
import * as tf from "@tensorflow/tfjs-core";
import { compile, orReject } from "svertka";
import { webgl } from "svertka/webgl";
import { net, pictures, weights } from "./net.js";

const page = {
  /** A predict of each, warm: the third. */
  compared: compare({ backend: webgl, name: "webgl" }).warm,
  /** TensorFlow.js's numbers before, between and after svertka's, and what it counts as its own. */
  beside: async () => {
    await tf.setBackend("webgl");
    const squares = async (): Promise<unknown> => {
      const squared = tf.tidy(() => tf.square(tf.tensor([1, 2, 3])));
      const numbers = await squared.array();
      squared.dispose();
      return numbers;
    };
    const before = await squares();
    const kept = tf.tensor([4, 5, 6]);
    const held = tf.memory().numTensors;
    const predictor = await orReject(compile(net, { backend: webgl, weights }));
    const [first, between] = await Promise.all([orReject(predictor.predict(pictures(5).x)), squares()]);
    // Its engine's scopes are not ours: what is made within one is not freed with it.
    tf.engine().startScope();
    const begun = orReject(predictor.predict(pictures(5).x));
    tf.engine().endScope();
    const second = await begun;
    predictor.dispose();
    const after = [await squares(), await kept.array(), tf.getBackend()];
    return {
      before,
      between,
      after,
      first: [...(first["output"]?.data ?? [])],
      second: [...(second["output"]?.data ?? [])],
      tensors: tf.memory().numTensors - held,
    };
  },
};

export type BesidePage = typeof page;

Reflect.set(globalThis, "svertkaTest", page);
