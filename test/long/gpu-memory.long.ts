/** 10,000 training steps and 10,000 predictions on each GPU backend in Chromium (`npm run long -- gpu-memory`): buffers and bytes stay the same. */
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Browser } from "playwright-core";
import type { TrainingPage } from "../browser/page/training.js";
import { bundled } from "../support/browser/bundle.js";
import { launchChromium, openPage } from "../support/browser/chromium.js";

const steps = process.env["SIZE"] === "full" ? 10_000 : 100;

let browser: Browser;
beforeAll(async () => {
  browser = await launchChromium();
});
afterAll(async () => {
  await browser?.close();
});

test.each(["webgl", "webgpu"])("memory on %s", async (name) => {
  const page = await openPage(browser, await bundled(`test/browser/page/train-${name}.ts`));
  await page.waitForFunction(() => "svertkaTest" in globalThis);
  const [warm, end] = await page.evaluate(
    (count) => (globalThis as unknown as { svertkaTest: TrainingPage }).svertkaTest.memory(count), // sound: page/train-*.ts
    steps,
  );
  console.log(`${name}: ${JSON.stringify(warm)} after 6, ${JSON.stringify(end)} after ${steps}`);
  expect(end).toEqual(warm);
  await page.close();
});
