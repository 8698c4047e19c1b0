/** Pages as users build them, in Chromium: what is in their bundles, what they predict, how they train, and what they do when a GPU goes. */
import { readFileSync, readdirSync } from "node:fs";
import { gzipSync } from "node:zlib";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.js";
import { orReject } from "../../src/errors.js";
import { compile } from "../../src/index.js";
import { relativeError } from "../support/run-graph.js";
import { bundled } from "../support/browser/bundle.js";
import { launchChromium, openPage } from "../support/browser/chromium.js";
import { net, pictures, weights } from "./page/net.js";
import type { TrainingPage } from "./page/training.js";

type Files = ReadonlyMap<string, string | Uint8Array>;

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
});

/** TensorFlow.js's WebAssembly files, which a user's server has beside the bundle. */
const wasmFolder = new URL("../../node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url);
const wasmFiles: Files = new Map(
  readdirSync(wasmFolder)
    .filter((file) => file.endsWith(".wasm"))
    .flatMap((file) => {
      const bytes = readFileSync(new URL(file, wasmFolder));
      return [[`/${file}`, bytes] as const, [`/assets/${file}`, bytes] as const];
    }),
);

const opened = async (files: Files): Promise<Page> => {
  const page = await openPage(browser, new Map([...files, ...wasmFiles]));
  await page.waitForFunction(() => "svertkaTest" in globalThis);
  return page;
};

const scriptsOf = (files: Files): string =>
  [...files].flatMap(([path, body]) => (path.endsWith(".js") && typeof body === "string" ? [body] : [])).join("\n");

/** A sentence of each backend's code that no minifier changes. */
const marks = {
  webgl: "EXT_color_buffer_float",
  webgpu: "requestAdapter",
  wasm: "tfjs-backend-wasm-simd.wasm",
  cpu: "Hi, looks like you are running TensorFlow.js in Node.js",
  node: "TF_SessionRun",
  onnxruntime: "onnxruntime",
  "Node's modules": "__vite-browser-external",
  "a layer that the page does not name": "layerNormalization",
} as const;

/** Kilobytes that each may have, gzipped, beside wasm files: 150 is the aim; the others have had room to spare, which they keep. */
const largest = { webgl: 150, webgpu: 135, wasm: 125 } as const;

/** Kilobytes of 1,000 bytes, gzipped. */
const kilobytes = (script: string): number => gzipSync(script, { level: 9 }).length / 1000;

describe.each(["webgl", "webgpu", "wasm"] as const)("a production bundle that predicts on %s", (name) => {
  let files: Files;
  beforeAll(async () => {
    files = await bundled(`test/browser/page/predict-${name}.ts`);
  });

  test(`has at most ${largest[name]} kB, gzipped, beside wasm files`, () => {
    const size = kilobytes(scriptsOf(files));
    console.log(`bundle of ${name}: ${size.toFixed(1)} kB gzipped`);
    expect(size).toBeLessThanOrEqual(largest[name]);
  });

  test("holds no other backend, and nothing of Node", () => {
    const script = scriptsOf(files);
    const found = Object.entries(marks).flatMap(([part, mark]) => (script.includes(mark) ? [part] : []));
    expect(found).toEqual([name]);
  });

  test("predicts what the oracle does", async () => {
    const page = await opened(files);
    const got = await page.evaluate(
      () =>
        (globalThis as unknown as { svertkaTest: { predict: () => Promise<readonly number[]> } }).svertkaTest.predict(), // sound: page/predict-*.ts
    );
    const predictor = await orReject(compile(net, { backend: reference, weights }));
    const { output } = await orReject(predictor.predict(pictures(5).x));
    expect(got.length).toBe(10);
    expect(relativeError(got, output?.data ?? [])).toBeLessThan(1e-5);
    await page.close();
  });
});

test("a page that is cross-origin isolated predicts on wasm with threads", async () => {
  const files = await bundled("test/browser/page/predict-wasm-threads.ts");
  const page = await openPage(browser, new Map([...files, ...wasmFiles]), { isolated: true });
  const asked: string[] = [];
  page.on("request", (request) => void asked.push(new URL(request.url()).pathname.split("/").at(-1) ?? ""));
  await page.waitForFunction(() => "svertkaTest" in globalThis);
  expect(await page.evaluate(() => Reflect.get(globalThis, "crossOriginIsolated"))).toBe(true);
  const { output: got, other } = await page.evaluate(
    () => (globalThis as unknown as { svertkaTest: ThreadsPage }).svertkaTest.predict(), // sound: page/predict-wasm-threads.ts
  );
  expect(asked).toContain("tfjs-backend-wasm-threaded-simd.wasm");
  expect(page.workers().length).toBeGreaterThan(0);
  const predictor = await orReject(compile(net, { backend: reference, weights }));
  const { output } = await orReject(predictor.predict(pictures(5).x));
  expect(relativeError(got, output?.data ?? [])).toBeLessThan(1e-5);
  expect(other).toMatch(/cannot have other threads.*use one wasm backend/);
  await page.close();
});

interface ThreadsPage {
  readonly predict: () => Promise<{ readonly output: readonly number[]; readonly other: string }>;
}

interface GoneOn {
  readonly before: readonly number[];
  readonly after: readonly number[];
  readonly step: { readonly _tag: string; readonly left?: { readonly tag: string; readonly message: string } };
  readonly prediction: GoneOn["step"];
}

describe.each(["webgl", "webgpu"] as const)("a page that trains on %s", (name) => {
  let page: Page;
  beforeAll(async () => {
    page = await opened(await bundled(`test/browser/page/train-${name}.ts`));
  });
  afterAll(async () => {
    await page?.close();
  });

  test("has a loss that falls", async () => {
    const losses = await page.evaluate(
      () => (globalThis as unknown as { svertkaTest: TrainingPage }).svertkaTest.losses(30), // sound: page/train-*.ts
    );
    expect(losses.length).toBe(30);
    expect(losses.at(-1)).toBeLessThan(0.5 * (losses[0] ?? 0));
  });

  test("has flat memory over 100 steps and predictions", async () => {
    const [warm, end] = await page.evaluate(
      () => (globalThis as unknown as { svertkaTest: TrainingPage }).svertkaTest.memory(100), // sound: page/train-*.ts
    );
    expect(warm).not.toEqual({ buffers: 0, bytes: 0 });
    expect(end).toEqual(warm);
  });

  test("gives an error value when its GPU is lost, and goes on from the last weights", async () => {
    const { before, step, prediction, after } = await page.evaluate(async (backend): Promise<GoneOn> => {
      const { goOn } = (globalThis as unknown as { svertkaTest: TrainingPage }).svertkaTest; // sound: page/train-*.ts
      const { svertkaContexts = [] } = globalThis as { svertkaContexts?: { lose: () => void }[] }; // sound: set by the init script
      const gone = await goOn(() => svertkaContexts.forEach(({ lose }) => lose()));
      if (svertkaContexts.length === 0) throw new Error(`no context of ${backend} was seen`);
      return gone as unknown as GoneOn; // sound: Either is plain data
    }, name);
    expect(step).toMatchObject({ _tag: "Left", left: { tag: "BackendLost", where: name } });
    expect(prediction).toMatchObject({ _tag: "Left", left: { tag: "BackendLost" } });
    expect(step.left?.message).toMatch(/compile again/);
    expect(Math.max(...after)).toBeLessThan(before[0] ?? 0);
  });
});
