/** Bundles for pages by vite, as a user's production build makes them. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { build } from "vite";

const root = fileURLToPath(new URL("../../..", import.meta.url));

const manifest: { exports: Record<string, string | { browser?: string; default: string }> } = JSON.parse(
  readFileSync(`${root}/package.json`, "utf8"),
);

/** The doors of the package as bundlers for browsers take them, from the source. */
const doors = Object.entries(manifest.exports).flatMap(([door, target]) =>
  typeof target === "string"
    ? []
    : {
        find: new RegExp(`^${door.replace(/^\./, "svertka")}$`),
        replacement: (target.browser ?? target.default).replace("./dist/", `${root}/src/`).replace(/\.js$/, ".ts"),
      },
);

/** The files of a page whose script is `entry` (a path in the repository), by their path in the page. */
export const bundled = async (entry: string): Promise<ReadonlyMap<string, string | Uint8Array>> => {
  const built = await build({
    root,
    configFile: false,
    logLevel: "error",
    publicDir: false,
    resolve: { alias: [...doors, { find: /^fp-ts\/lib\//, replacement: "fp-ts/es6/" }] },
    build: {
      write: false,
      target: "es2022",
      modulePreload: false,
      rolldownOptions: { input: `${root}/${entry}` },
    },
  });
  const outputs = (Array.isArray(built) ? built : [built]).flatMap((one) => ("output" in one ? one.output : []));
  const files = new Map<string, string | Uint8Array>();
  let main = "";
  for (const output of outputs)
    if (output.type === "chunk") {
      files.set(`/${output.fileName}`, output.code);
      if (output.isEntry) main = output.fileName;
    } else files.set(`/${output.fileName}`, output.source);
  files.set("/", `<!doctype html><title>svertka</title><script type="module" src="/${main}"></script>`);
  return files;
};
