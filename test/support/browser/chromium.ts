/** Headless Chromium for tests, on software GPUs (SwiftShader), and pages in it that count as secure. */
import { existsSync } from "node:fs";
import type { Browser, Page } from "playwright-core";

const candidates = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];

/** CHROMIUM names another one; undefined where there is none. */
export const chromiumPath = (): string | undefined =>
  process.env["CHROMIUM"] ?? candidates.find((path) => existsSync(path));

export const missingChromium =
  "missing: Chromium, with Vulkan's loader: sh scripts/install-chromium.sh (Debian), or CHROMIUM=/path/to/chromium";

/** WebGL 2 with float32 rendering and WebGPU without a GPU; no sandbox, since CI runs as root. */
const flags = [
  "--no-sandbox",
  "--disable-gpu-watchdog",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--use-angle=swiftshader",
  "--enable-unsafe-swiftshader",
  "--ignore-gpu-blocklist",
  "--enable-unsafe-webgpu",
  "--use-webgpu-adapter=swiftshader",
];

export const launchChromium = async (): Promise<Browser> => {
  const executablePath = chromiumPath();
  if (executablePath === undefined) throw new Error(missingChromium);
  const { chromium } = await import("playwright-core");
  return chromium.launch({ executablePath, args: flags, headless: true });
};

/** WebGPU is only in secure pages; this address never leaves the browser, `files` answer for it. */
const origin = "https://svertka.test";

/** Remembers a page's contexts and GPU devices, so that a test can take them away as a browser does. */
const rememberContexts = (): void => {
  type Make = (...args: unknown[]) => unknown;
  const contexts: { lose: () => void }[] = [];
  Reflect.set(globalThis, "svertkaContexts", contexts);
  const wrap = (owner: string, method: string, remember: (made: never) => void): void => {
    const prototype: unknown = Reflect.get(globalThis, owner)?.prototype;
    if (typeof prototype !== "object" || prototype === null) return;
    const original: Make = Reflect.get(prototype, method);
    Reflect.set(prototype, method, function wrapped(this: unknown, ...args: unknown[]): unknown {
      const made = original.apply(this, args);
      void Promise.resolve(made).then((value) => remember(value as never)); // sound: each caller names what its method gives
      return made;
    });
  };
  wrap("OffscreenCanvas", "getContext", (gl: { getExtension: (name: string) => { loseContext: () => void } }) => {
    contexts.push({ lose: () => gl.getExtension("WEBGL_lose_context").loseContext() });
  });
  wrap("GPUAdapter", "requestDevice", (device: { destroy: () => void }) => {
    contexts.push({ lose: () => device.destroy() });
  });
};

/** What a server says of a page that may share memory with its workers. */
const isolation = { "Cross-Origin-Opener-Policy": "same-origin", "Cross-Origin-Embedder-Policy": "require-corp" };

/** A page that holds the given files by path (`/` is the document); `isolated`: from other origins. */
export const openPage = async (
  browser: Browser,
  files: ReadonlyMap<string, string | Uint8Array>,
  { isolated = false }: { readonly isolated?: boolean } = {},
): Promise<Page> => {
  const page = await browser.newPage();
  await page.addInitScript(rememberContexts);
  const types: Readonly<Record<string, string>> = {
    html: "text/html",
    js: "text/javascript",
    wasm: "application/wasm",
    json: "application/json",
  };
  await page.route(`${origin}/**`, (route) => {
    const path = new URL(route.request().url()).pathname;
    const body = files.get(path);
    return body === undefined
      ? route.fulfill({ status: 404, body: "" })
      : route.fulfill({
          body: typeof body === "string" ? body : Buffer.from(body),
          headers: isolated ? isolation : {},
          contentType: types[path.split(".").at(-1) ?? ""] ?? "text/html",
        });
  });
  await page.goto(`${origin}/`);
  return page;
};
