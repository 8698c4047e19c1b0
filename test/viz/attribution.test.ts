/** Grad-CAM and saliency against TensorFlow's GradientTape and finite differences, on backends that train; what is refused. */
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { cpu } from "../../src/backends/tfjs/cpu/index.js";
import { wasm } from "../../src/backends/tfjs/wasm/index.js";
import { reference } from "../../src/backends/reference/index.js";
import { orReject, orThrow, render } from "../../src/errors.js";
import { E } from "../../src/fp.js";
import { compile, conv2d, dense, f32, flatten, input, maxPool2d, model, pipe, softmax } from "../../src/index.js";
import { attributionMaps, gradCam, saliency } from "../../src/viz/index.js";

interface Array {
  readonly shape: readonly number[];
  readonly values: readonly number[];
}
interface Maps {
  readonly said: readonly number[];
  readonly "class 2": readonly number[];
  readonly shape: readonly number[];
}
interface Golden {
  readonly input: Array;
  readonly weights: Readonly<Record<string, Array>>;
  readonly scores: readonly number[];
  readonly said: readonly number[];
  readonly maps: { readonly gradCam: Maps; readonly saliency: Maps };
}
const golden: Golden = JSON.parse(readFileSync(new URL("../fixtures/viz/attribution.json", import.meta.url), "utf8"));
const arrayOf = ({ shape, values }: Array) => f32(shape, Float32Array.from(values));
const weights = new Map(Object.entries(golden.weights).map(([name, array]) => [name, arrayOf(array)]));
const x = arrayOf(golden.input);
const logits = pipe(
  input([9, 8, 2]),
  conv2d({ filters: 4, kernelSize: 3, activation: "relu" }),
  maxPool2d({ poolSize: 2 }),
  conv2d({ filters: 5, kernelSize: 2, padding: "same", activation: "relu" }),
  flatten,
  dense({ units: 3 }),
);
const nets = { logits: model(logits), softmax: model(pipe(logits, softmax)) };

describe.each([reference, cpu, wasm])("on $name", (backend) => {
  test.each(["logits", "softmax"] as const)("of %s, maps are GradientTape's", async (ending) => {
    const options = { backend, weights };
    for (const classIndex of [undefined, 2]) {
      const cams = await orReject(gradCam(nets[ending], x, { ...options, classIndex }));
      const salient = await orReject(saliency(nets[ending], x, { ...options, classIndex }));
      const key = classIndex === undefined ? "said" : "class 2";
      for (const [found, { shape, [key]: expected }] of [
        [cams, golden.maps.gradCam],
        [salient, golden.maps.saliency],
      ] as const) {
        expect(found.map((one) => one.classIndex)).toEqual(classIndex === undefined ? golden.said : [2, 2]);
        expect(found.map(({ map }) => map.shape)).toEqual([shape, shape]);
        const numbers = found.flatMap(({ map }) => [...map.data]);
        numbers.forEach((value, i) => expect(value).toBeCloseTo(expected[i] ?? NaN, 5));
        expect(
          found.flatMap(({ scores }) => [...scores]).map((score, i) => score - (golden.scores[i] ?? NaN)),
        ).toSatisfy((off: readonly number[]) => off.every((one) => Math.abs(one) < 1e-5));
      }
      expect(cams[0]?.layer).toBe("conv2d_1");
    }
  });
});

test("saliency is how the score changes: finite differences", async () => {
  const [first] = await orReject(saliency(nets.logits, x, { backend: reference, weights, classIndex: 1 }));
  const predictor = await orReject(compile(nets.logits, { backend: reference, weights }));
  const step = 1e-3;
  const scoreWith = async (at: number, change: number): Promise<number> => {
    const moved = x.data.slice(0, 144);
    moved[at] = (moved[at] ?? 0) + change;
    const { output } = await orReject(predictor.predict(f32([1, 9, 8, 2], moved)));
    return output?.data[1] ?? NaN;
  };
  for (const place of [0, 17, 40, 71]) {
    const slopes = await Promise.all(
      [2 * place, 2 * place + 1].map(
        async (at) => ((await scoreWith(at, step)) - (await scoreWith(at, -step))) / (2 * step),
      ),
    );
    expect(first?.map.data[place]).toBeCloseTo(Math.max(...slopes.map(Math.abs)), 3);
  }
  predictor.dispose();
});

test("a model with unknown axes is explained at the image's size", async () => {
  const any = model(pipe(input([null, null, 1]), conv2d({ filters: 2, kernelSize: 3 }), (y) => pipe(y, maxPool2d())));
  const refused = await saliency(any, f32([1, 8, 8, 1], new Float32Array(64)), { backend: reference })();
  expect(E.isLeft(refused) && render(refused.left)).toContain("one output [n, classes] is needed");
});

test.each([
  [
    { layer: "dense" },
    "'dense' gives [3], [height, width, channels] is needed: choose a layer that gives images, as conv2d_1",
  ],
  [{ layer: "conv" }, "perhaps 'conv2d' is meant"],
  [{ classIndex: 3 }, "class: 3 of 3, 0 to 2 are there"],
  [{ classIndex: 0.5 }, "class: 0.5 of 3"],
])("%j is refused", async (options, sentence) => {
  const result = await gradCam(nets.softmax, x, { backend: reference, weights, ...options })();
  expect(E.isLeft(result) && render(result.left)).toContain(sentence);
});

describe("attributionMaps", () => {
  const pixels = f32([4, 4, 3], new Float32Array(48).fill(0.5));
  test("draws image, map and both, with label and caption", () => {
    const map = f32([2, 2], Float32Array.of(0, 1, 2, 4));
    const { svg } = orThrow(
      attributionMaps({ title: "T", images: [{ label: "a.png", caption: "for <cat>", pixels, map }] }),
    );
    expect(svg.match(/<image /g)).toHaveLength(3);
    for (const text of ["a.png", "for &lt;cat&gt;", ">both<"]) expect(svg).toContain(text);
  });
  test("refuses a map that is none of the image", () => {
    const bad = attributionMaps({
      title: "T",
      images: [{ label: "a", caption: "", pixels, map: f32([4], new Float32Array(4)) }],
    });
    expect(E.isLeft(bad) && render(bad.left)).toContain("map [4] for an image of 4 × 4");
    const none = attributionMaps({ title: "T", images: [] });
    expect(E.isLeft(none) && render(none.left)).toContain("0 images");
  });
});
