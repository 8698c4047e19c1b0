/** A page that predicts on webgpu and carries no other backend: what a user's production bundle holds. */
import { compile, orReject } from "svertka";
import { webgpu } from "svertka/webgpu";
import { net, pictures, weights } from "./net.js";

const predict = async (): Promise<readonly number[]> => {
  const predictor = await orReject(compile(net, { backend: webgpu, weights }));
  const { output } = await orReject(predictor.predict(pictures(5).x));
  predictor.dispose();
  return [...(output?.data ?? [])];
};

Reflect.set(globalThis, "svertkaTest", { predict });
