/** A page of compile-ahead.ts on webgl, and of a context of one's own beside the one that a page's models share. */
import { compile, orReject, type NdArray } from "svertka";
import { webgl, webglWith } from "svertka/webgl";
import { gpuPage } from "./compile-ahead.js";
import { net, pictures, weights } from "./net.js";

/** A canvas off the screen, whose context can be taken away; the DOM's types are not part of the compiler's settings. */
const { OffscreenCanvas } = globalThis as unknown as {
  readonly OffscreenCanvas: new (
    width: number,
    height: number,
  ) => {
    readonly getContext: (kind: "webgl2") => {
      readonly getExtension: (name: string) => { loseContext: () => void };
    } & {
      readonly isContextLost: () => boolean;
    };
    readonly addEventListener: (event: "webglcontextlost", listener: () => void) => void;
  };
}; // sound: every browser that has WebGL 2 off the screen has it

const numbersOf = ({ output }: Readonly<Record<string, NdArray<"f32" | "i32">>>): readonly number[] => [
  ...(output?.data ?? []),
];

const webglPage = {
  ...gpuPage(webgl),
  /** Two contexts at once; one is taken away, the other goes on. */
  twoContexts: async () => {
    const canvas = new OffscreenCanvas(1, 1);
    const { x } = pictures(5);
    const [shared, own] = [
      await orReject(compile(net, { backend: webgl, weights })),
      await orReject(compile(net, { backend: webglWith({ canvas }), weights })),
    ];
    const both = await Promise.all([shared, own].map((predictor) => orReject(predictor.predict(x))));
    canvas.getContext("webgl2").getExtension("WEBGL_lose_context").loseContext();
    const lost = await own.predict(x)();
    const after = await orReject(shared.predict(x));
    shared.dispose();
    own.dispose();
    return {
      both: both.map(numbersOf),
      lost: lost._tag === "Left" ? lost.left.tag : "none",
      after: numbersOf(after),
    };
  },
};

export type WebglPage = typeof webglPage;

Reflect.set(globalThis, "svertkaTest", webglPage);
