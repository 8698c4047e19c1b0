/**
 * Puts the TensorFlow.js models of the npm package nsfwjs (MIT licence) into .cache/nsfwjs, as model.json with its files of
 * weights: real published weights for test/interop. The package has each file as a module; its own loader is not run.
 */
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";

const version = "4.3.0";
const target = join(import.meta.dirname, "..", ".cache", "nsfwjs");
const models = ["mobilenet_v2", "inception_v3"];

if (models.every((name) => existsSync(join(target, name, "model.json")))) process.exit(0);
const work = mkdtempSync(join(tmpdir(), "nsfwjs-"));
try {
  execFileSync("npm", ["pack", `nsfwjs@${version}`, "--silent"], { cwd: work, stdio: ["ignore", "ignore", "inherit"] });
  execFileSync("tar", ["xzf", `nsfwjs-${version}.tgz`], { cwd: work });
  const require = createRequire(import.meta.url);
  for (const name of models) {
    const from = join(work, "package", "dist", "models", name);
    const to = join(target, name);
    mkdirSync(to, { recursive: true });
    const model = require(join(from, "model.min.js"));
    for (const path of model.weightsManifest.flatMap((group) => group.paths))
      writeFileSync(join(to, path), Buffer.from(require(join(from, `${path}.min.js`)), "base64"));
    // Last: where it is, the others are.
    writeFileSync(join(to, "model.json"), JSON.stringify(model));
  }
} finally {
  rmSync(work, { recursive: true, force: true });
}
