/** A page that predicts on wasm with threads; it must be cross-origin isolated. */
import { compile, orReject } from "svertka";
import { wasm, wasmThreads } from "svertka/wasm";
import { net, pictures, weights } from "./net.js";

/** A prediction on two threads, and what is said of one thread after it. */
const predict = async (): Promise<{ readonly output: readonly number[]; readonly other: string }> => {
  const predictor = await orReject(compile(net, { backend: wasmThreads({ threads: 2 }), weights }));
  const { output } = await orReject(predictor.predict(pictures(5).x));
  predictor.dispose();
  const other = await wasm.load();
  return { output: [...(output?.data ?? [])], other: "left" in other ? other.left.message : "" };
};

Reflect.set(globalThis, "svertkaTest", { predict });
