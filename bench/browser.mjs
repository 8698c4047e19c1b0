/**
 * svertka and tfjs-layers on WebGL and WebGPU, in one page of headless Chromium each, predict by predict in turn: medians, and what
 * both ask of the GPU (draws or dispatches, bytes sent and read). Without a GPU Chromium draws by SwiftShader, in software.
 *
 *   node bench/browser.mjs --backends webgl,webgpu --cases a3/1,a3/64,resnet20/32,mobilenetv2/1 --rounds 5 --minutes 5 --write
 *
 * It ends after `--minutes`: cases that did not fit are named. `--write` puts the figures into bench/browser.json and docs/performance.md.
 */
import { parseArgs } from "node:util";
import { createJiti } from "jiti";
import { about, load } from "./about.mjs";
import { writeFigures } from "./page.mjs";
import { browserText } from "./tables.mjs";

const jiti = createJiti(import.meta.url);
const { bundled } = await jiti.import("../test/support/browser/bundle.ts");
const { launchChromium, openPage } = await jiti.import("../test/support/browser/chromium.ts");

const { values: flags } = parseArgs({
  options: {
    backends: { type: "string", default: "webgl,webgpu" },
    cases: { type: "string", default: "a3/1,a3/64,resnet20/32,mobilenetv2/1" },
    rounds: { type: "string", default: "5" },
    minutes: { type: "string", default: "5" },
    write: { type: "boolean", default: false },
  },
});

const median = (numbers) => numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)];

/** First run apart, the median of the others, and what the last asked of the GPU. */
const summary = ([first, ...warm]) => {
  const { draws, bytesSent, bytesRead } = warm.at(-1);
  const milliseconds = median(warm.map((run) => run.milliseconds));
  return { first: first.milliseconds, milliseconds, draws, bytesSent, bytesRead };
};

const end = Date.now() + 60_000 * Number(flags.minutes);
const within = async (promise) => {
  let timer;
  const late = new Promise((resolve) => {
    timer = setTimeout(() => resolve(undefined), Math.max(0, end - Date.now()));
  });
  return Promise.race([promise, late]).finally(() => clearTimeout(timer));
};

const loadAtBegin = load();
const browser = await launchChromium();
const measured = [];
const left = [];
let gpu = "SwiftShader or the machine's GPU";
// The small cases of every backend come first: they end also on a slow machine.
for (const one of flags.cases.split(","))
  for (const backend of flags.backends.split(",")) {
    const [model, batch] = one.split("/");
    if (Date.now() >= end) {
      left.push(`${backend} ${one}`);
      continue;
    }
    process.stderr.write(`${backend} ${one} …\n`);
    // A page of its own: what one model compiled is not there for the next.
    const page = await openPage(browser, await bundled(`test/browser/page/bench-${backend}.ts`));
    await page.waitForFunction(() => "svertkaTest" in globalThis);
    gpu = await page.evaluate(() => {
      const gl = globalThis.document.createElement("canvas").getContext("webgl2");
      const names = gl?.getExtension("WEBGL_debug_renderer_info");
      return names ? gl.getParameter(names.UNMASKED_RENDERER_WEBGL) : "unknown GPU";
    });
    const work = page.evaluate(
      ([name, size, times]) => globalThis.svertkaTest.rounds(name, size, times),
      [model, Number(batch), Number(flags.rounds)],
    );
    const both = await within(work.catch((error) => ({ problem: String(error).split("\n")[0].slice(0, 120) })));
    if (both === undefined) left.push(`${backend} ${one} (more than ${flags.minutes} minutes in all)`);
    else if (both.problem !== undefined) left.push(`${backend} ${one} (${both.problem})`);
    else
      measured.push({ backend, model, batch: Number(batch), ours: summary(both.svertka), theirs: summary(both.tfjs) });
    // A page that is still at work is not waited for.
    await Promise.race([page.close(), new Promise((resolve) => setTimeout(resolve, 2000))]);
  }
const { date, cpu, cores } = about();
const figures = {
  date,
  cpu,
  cores,
  gpu,
  load: { begin: loadAtBegin, end: load() },
  rounds: Number(flags.rounds),
  measured,
  left,
};
console.log(browserText(figures));
if (flags.write) writeFigures({ browser: figures });
await Promise.race([browser.close(), new Promise((resolve) => setTimeout(resolve, 5000))]);
process.exit(0);
