/** The entry points as the running command has them: a user's module gets these, not another copy of the package. */

type Door = () => Promise<unknown>;

const doors: Readonly<Record<string, Door>> = {
  svertka: () => import("../index.js"),
  "svertka/operator": () => import("../operator/index.js"),
  "svertka/train": () => import("../train/index.js"),
  "svertka/data": () => import("../data/index.js"),
  "svertka/data/node": () => import("../data/node.js"),
  "svertka/io": () => import("../io/index.js"),
  "svertka/io/node": () => import("../io/node.js"),
  "svertka/viz": () => import("../viz/index.js"),
  "svertka/viz/node": () => import("../viz/node.js"),
  "svertka/wasm": () => import("../backends/tfjs/wasm/index.js"),
  "svertka/webgl": () => import("../backends/tfjs/webgl/index.js"),
  "svertka/webgpu": () => import("../backends/tfjs/webgpu/index.js"),
  "svertka/cpu": () => import("../backends/tfjs/cpu/index.js"),
  "svertka/node": () => import("../backends/node/index.js"),
  "svertka/ort": () => import("../backends/ort/index.js"),
  "svertka/reference": () => import("../backends/reference/index.js"),
};

export const doorNames: readonly string[] = Object.keys(doors);

/** By name, each loaded when it is first read; jiti awaits the promise that it finds. */
export const lazyDoors = (): Record<string, unknown> =>
  Object.defineProperties(
    {},
    Object.fromEntries(Object.entries(doors).map(([name, open]) => [name, { enumerable: true, get: open }])),
  );
