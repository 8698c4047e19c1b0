/** The browser's backends as backends in Node, for suites that take one; each test file has a page of its own. */
import type { Backend, KernelDevice } from "../../../src/backends/backend.js";
import { webglTarget } from "../../../src/backends/tfjs/webgl/backend.js";
import "@tensorflow/tfjs-backend-webgl";
import { mistake } from "../../../src/errors.js";
import { TE } from "../../../src/fp.js";
import { bundled } from "./bundle.js";
import { launchChromium, openPage } from "./chromium.js";
import { remoteDevice } from "./remote-device.js";

const open = async (name: "webgl"): Promise<KernelDevice> => {
  const [browser, files] = await Promise.all([launchChromium(), bundled("test/browser/page/device-server.ts")]);
  const page = await openPage(browser, files);
  page.on("pageerror", (error) => console.error(error));
  await page.waitForFunction(() => "svertkaPage" in globalThis);
  await page.evaluate(
    (backend) =>
      (globalThis as unknown as { svertkaPage: { open: (name: string) => Promise<void> } }).svertkaPage.open(backend), // sound: page/device-server.ts
    name,
  );
  return remoteDevice(page, name, webglTarget());
};

let webglDevice: Promise<KernelDevice> | undefined;

/** WebGL in headless Chromium. */
export const remoteWebgl: Backend<KernelDevice> = {
  name: "webgl",
  description: "WebGL in headless Chromium, driven from Node",
  load: TE.tryCatch(
    () => (webglDevice ??= open("webgl")),
    (error) => mistake("BackendMissing", "webgl", String(error)),
  ),
};
