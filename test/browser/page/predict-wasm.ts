/** A page that predicts on wasm and carries no other backend: what a user's production bundle holds. */
import { compile, orReject } from "svertka";
import { wasm } from "svertka/wasm";
import { net, pictures, weights } from "./net.js";

const predict = async (): Promise<readonly number[]> => {
  const predictor = await orReject(compile(net, { backend: wasm, weights }));
  const { output } = await orReject(predictor.predict(pictures(5).x));
  predictor.dispose();
  return [...(output?.data ?? [])];
};

Reflect.set(globalThis, "svertkaTest", { predict });
