/** The browser's backends as backends in Node, for suites that take one; each test file has a page of its own. */
import "@tensorflow/tfjs-backend-webgl";
import "@tensorflow/tfjs-backend-webgpu";
import type { Backend, KernelDevice } from "../../../src/backends/backend.js";
import { webglTarget } from "../../../src/backends/tfjs/webgl/backend.js";
import { webgpuTarget } from "../../../src/backends/tfjs/webgpu/backend.js";
import { mistake } from "../../../src/errors.js";
import { TE } from "../../../src/fp.js";
import { bundled } from "./bundle.js";
import { launchChromium, openPage } from "./chromium.js";
import { remoteDevice } from "./remote-device.js";

const targets = { webgl: webglTarget, webgpu: webgpuTarget };

const open = async (name: keyof typeof targets): Promise<KernelDevice> => {
  const [browser, files] = await Promise.all([launchChromium(), bundled("test/browser/page/device-server.ts")]);
  const page = await openPage(browser, files);
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
};
