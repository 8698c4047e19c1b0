/** The browser's backends as backends in Node, for suites that take one; each test file has a page of its own. */
import { readFileSync } from "node:fs";
import "@tensorflow/tfjs-backend-wasm";
import "@tensorflow/tfjs-backend-webgl";
import "@tensorflow/tfjs-backend-webgpu";
import type { Backend, KernelDevice } from "../../../src/backends/backend.js";
import { wasmTarget } from "../../../src/backends/tfjs/wasm/backend.js";
import { webglTarget } from "../../../src/backends/tfjs/webgl/backend.js";
import { webgpuTarget } from "../../../src/backends/tfjs/webgpu/backend.js";
import { mistake } from "../../../src/errors.js";
import { TE } from "../../../src/fp.js";
import { bundled } from "./bundle.js";
import { launchChromium, openPage } from "./chromium.js";
import { remoteDevice } from "./remote-device.js";

const targets = { webgl: webglTarget, webgpu: webgpuTarget, wasm: wasmTarget };

const wasmFile = "tfjs-backend-wasm-simd.wasm";
/** What a server has beside the bundle. */
const beside = (): ReadonlyMap<string, Uint8Array> => {
  const folder = new URL("../../../node_modules/@tensorflow/tfjs-backend-wasm/dist/", import.meta.url);
  const bytes = readFileSync(new URL(wasmFile, folder));
  return new Map([`/${wasmFile}`, `/assets/${wasmFile}`].map((path) => [path, bytes]));
};

const open = async (name: keyof typeof targets): Promise<KernelDevice> => {
  const [browser, files] = await Promise.all([launchChromium(), bundled("test/browser/page/device-server.ts")]);
  const page = await openPage(browser, new Map([...files, ...beside()]));
  page.on("pageerror", (error) => console.error(error));
  page.on("console", (message) => (message.type() === "error" ? console.error(message.text()) : undefined));
  await page.waitForFunction(() => "svertkaPage" in globalThis);
  await page.evaluate(
    (backend) =>
      (globalThis as unknown as { svertkaPage: { open: (name: string) => Promise<void> } }).svertkaPage.open(backend), // sound: page/device-server.ts
    name,
  );
  return remoteDevice(page, name, targets[name]());
};

const remote = (name: keyof typeof targets): Backend<KernelDevice> => {
  let device: Promise<KernelDevice> | undefined;
  return {
    name,
    description: `${name} in headless Chromium, driven from Node`,
    load: TE.tryCatch(
      () => (device ??= open(name)),
      (error) => mistake("BackendMissing", name, String(error)),
    ),
  };
};

/** By name. */
export const remoteBackends: Readonly<Record<keyof typeof targets, Backend<KernelDevice>>> = {
  webgl: remote("webgl"),
  webgpu: remote("webgpu"),
  wasm: remote("wasm"),
};
