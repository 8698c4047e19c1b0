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

/** A page that holds the given files by path (`/` is the document). */
export const openPage = async (browser: Browser, files: ReadonlyMap<string, string | Uint8Array>): Promise<Page> => {
  const page = await browser.newPage();
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
          contentType: types[path.split(".").at(-1) ?? ""] ?? "text/html",
        });
  });
  await page.goto(`${origin}/`);
  return page;
};
