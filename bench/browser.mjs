/**
 * svertka and tfjs-layers on WebGL and WebGPU, in one page of headless Chromium each, predict by predict in turn: medians, and what
 * both ask of the GPU (draws or dispatches, bytes sent and read). Without a GPU Chromium draws by SwiftShader, in software.
 *
 *   node bench/browser.mjs --backends webgl,webgpu --cases a3/1,a3/64,resnet20/32,mobilenetv2/1 --rounds 5
 */
import { parseArgs } from "node:util";
import { createJiti } from "jiti";

const jiti = createJiti(import.meta.url);
const { bundled } = await jiti.import("../test/support/browser/bundle.ts");
const { launchChromium, openPage } = await jiti.import("../test/support/browser/chromium.ts");

const { values: flags } = parseArgs({
  options: {
    backends: { type: "string", default: "webgl,webgpu" },
    cases: { type: "string", default: "a3/1,a3/64,resnet20/32,mobilenetv2/1" },
    rounds: { type: "string", default: "5" },
  },
});

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];
const kilobytes = (bytes) => `${Math.round(bytes / 1000)}`;

const browser = await launchChromium();
console.log(
  "| backend | model | batch | svertka ms | tfjs-layers ms | against | first run | draws | kB sent | kB read |\n| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |",
);
for (const backend of flags.backends.split(",")) {
  const files = await bundled(`test/browser/page/bench-${backend}.ts`);
  for (const one of flags.cases.split(",")) {
    const [model, batch] = one.split("/");
    // A page of its own: what one model compiled is not there for the next.
    const page = await openPage(browser, files);
    await page.waitForFunction(() => "svertkaTest" in globalThis);
    const { svertka, tfjs } = await page.evaluate(
      ([name, size, times]) => globalThis.svertkaTest.rounds(name, size, times),
      [model, Number(batch), Number(flags.rounds)],
    );
    await page.close();
    const of = (runs) => {
      const [first, ...warm] = runs;
      return {
        first: first.milliseconds,
        milliseconds: median(warm.map((run) => run.milliseconds)),
        last: warm.at(-1),
      };
    };
    const [ours, theirs] = [of(svertka), of(tfjs)];
    console.log(
      `| ${[
        backend,
        model,
        batch,
        ours.milliseconds.toFixed(1),
        theirs.milliseconds.toFixed(1),
        `${(theirs.milliseconds / ours.milliseconds).toFixed(2)}×`,
        `${ours.first.toFixed(0)} / ${theirs.first.toFixed(0)}`,
        `${ours.last.draws} / ${theirs.last.draws}`,
        `${kilobytes(ours.last.bytesSent)} / ${kilobytes(theirs.last.bytesSent)}`,
        `${kilobytes(ours.last.bytesRead)} / ${kilobytes(theirs.last.bytesRead)}`,
      ].join(" | ")} |`,
    );
  }
}
await browser.close();
