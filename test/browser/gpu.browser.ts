/** What pages ask of a GPU: shaders once and ahead of runs, memory that is not there, and TensorFlow.js beside svertka. */
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { reference } from "../../src/backends/reference/index.js";
import { orReject } from "../../src/errors.js";
import { compile } from "../../src/index.js";
import { bundled } from "../support/browser/bundle.js";
import { launchChromium, openPage } from "../support/browser/chromium.js";
import { relativeError } from "../support/run-graph.js";
import type { BesidePage } from "./page/beside-tfjs.js";
import type { GpuPage } from "./page/compile-ahead.js";
import type { WebglPage } from "./page/gpu-webgl.js";
import { net, pictures, weights } from "./page/net.js";

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
});

const opened = async (entry: string): Promise<Page> => {
  const page = await openPage(browser, await bundled(`test/browser/page/${entry}.ts`));
  await page.waitForFunction(() => "svertkaTest" in globalThis);
  return page;
};

describe.each(["webgl", "webgpu"] as const)("on %s", (name) => {
  const inPage = async <A>(run: (page: Page) => Promise<A>): Promise<A> => {
    const page = await opened(`gpu-${name}`);
    const result = await run(page);
    await page.close();
    return result;
  };
  const firstRuns = (ahead: boolean): Promise<Awaited<ReturnType<GpuPage["firstRuns"]>>> =>
    inPage((page) =>
      page.evaluate(
        (asked) => (globalThis as unknown as { svertkaTest: GpuPage }).svertkaTest.firstRuns("resnet20", 1, asked), // sound: page/gpu-*.ts
        ahead,
      ),
    );

  test("shaders are compiled before the first run, each once, and never again", async () => {
    const [without, ahead] = [await firstRuns(false), await firstRuns(true)];
    const [first, second, other] = ahead;
    const [blocked] = without;
    for (const [how, run] of Object.entries({ without: blocked, ahead: first, second, other }))
      console.log(
        `${name}, ResNet-20, batch 1, ${how}: ${run?.milliseconds.toFixed(0)} ms, ${run?.shaders.length} shaders, ${run?.waits} waits, ${run?.draws} draws`,
      );
    expect(blocked?.waits).toBeGreaterThan(10);
    // What remains are uploads' shaders and that of the read.
    expect(first?.waits).toBeLessThan(0.4 * (blocked?.waits ?? 0));
    expect(first?.shaders.length).toBe(blocked?.shaders.length);
    expect([second?.shaders, other?.shaders]).toEqual([[], []]);
  });

  test("a batch that the GPU has no room for is an error value that says what to lower, and leaves nothing", async () => {
    const { tooMany, one, left } = await inPage(
      (page) => page.evaluate(() => (globalThis as unknown as { svertkaTest: GpuPage }).svertkaTest.noRoom()), // sound: page/gpu-*.ts
    );
    expect(tooMany).toMatchObject({ _tag: "Left", left: { tag: "BackendFailed", where: name } });
    expect("left" in tooMany ? tooMany.left.message : "").toBe(
      `${name}: out of memory on the GPU: no room for [128, 256, 256, 96], 3.2 GB: use a smaller batch, or a smaller model`,
    );
    expect(one).toEqual([1, 2]);
    expect(left).toBe(0);
  });

  test("predictors run at once, and one is disposed of while its shaders are compiled", async () => {
    const { results, buffers, left } = await inPage(
      (page) => page.evaluate(() => (globalThis as unknown as { svertkaTest: GpuPage }).svertkaTest.atOnce()), // sound: page/gpu-*.ts
    );
    const [first, ...others] = results;
    expect(first).toHaveLength(10);
    for (const other of others) expect(other).toEqual(first);
    expect(buffers).toBeGreaterThan(0);
    expect(left).toBe(0);
  });
});

test("a WebGL context of one's own runs beside the shared one, and its loss is its own", async () => {
  const page = await opened("gpu-webgl");
  const { both, lost, after } = await page.evaluate(
    () => (globalThis as unknown as { svertkaTest: WebglPage }).svertkaTest.twoContexts(), // sound: page/gpu-webgl.ts
  );
  expect(both[0]).toHaveLength(10);
  expect(both[1]).toEqual(both[0]);
  expect(lost).toBe("BackendLost");
  expect(after).toEqual(both[0]);
  await page.close();
});

describe("TensorFlow.js in the same page", () => {
  let page: Page;
  beforeAll(async () => {
    page = await opened("beside-tfjs");
  });
  afterAll(async () => {
    await page?.close();
  });

  test("keeps its own backend, tensors and numbers", async () => {
    const got = await page.evaluate(() => (globalThis as unknown as { svertkaTest: BesidePage }).svertkaTest.beside()); // sound: page/beside-tfjs.ts
    expect(got).toMatchObject({
      before: [1, 4, 9],
      between: [1, 4, 9],
      after: [[1, 4, 9], [4, 5, 6], "webgl"],
      tensors: 0,
    });
    const predictor = await orReject(compile(net, { backend: reference, weights }));
    const { output } = await orReject(predictor.predict(pictures(5).x));
    for (const numbers of [got.first, got.second]) {
      expect(numbers).toHaveLength(10);
      expect(relativeError(numbers, output?.data ?? [])).toBeLessThan(1e-5);
    }
  });

  test.each([
    ["a3", 1],
    ["a3", 16],
    ["resnet20", 4],
  ] as const)("asks more of the GPU than svertka does: %s, batch %i", async (name, batch) => {
    const { svertka, tfjs } = await page.evaluate(
      ([asked, size]) => (globalThis as unknown as { svertkaTest: BesidePage }).svertkaTest.compared(asked, size), // sound: page/beside-tfjs.ts
      [name, batch] as const,
    );
    for (const [who, work] of Object.entries({ svertka, tfjs }))
      console.log(
        `${name}, batch ${batch}, ${who}: ${work.draws} draws, ${work.bytesSent} bytes sent, ${work.milliseconds.toFixed(0)} ms`,
      );
    expect(svertka.shaders.length).toBe(0);
    expect(svertka.draws).toBeGreaterThan(0);
    expect(svertka.draws).toBeLessThanOrEqual(tfjs.draws);
  });
});
