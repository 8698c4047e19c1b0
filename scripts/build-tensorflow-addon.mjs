/**
 * Builds the native addon of @tensorflow/tfjs-node from its own sources, where its install script cannot fetch one:
 *
 *     node scripts/build-tensorflow-addon.mjs [FOLDER]
 *
 * FOLDER is the installed npm package; by default a place of a checkout's own, .cache/tensorflow-addon, where svertka finds
 * it and npm lets it be. When it is not there, its files are fetched from the npm registry (without its dependencies, which svertka does not use). libtensorflow and its headers
 * come from PyPI's tensorflow-cpu: the one of .venv, or of TENSORFLOW (a folder that holds include/ and
 * libtensorflow_cc.so.2), or one fetched into .cache/tensorflow. Node-API's headers are Node's own or npm's
 * node-api-headers. g++ and Python 3 with venv are needed; as root on Debian they are installed.
 * Nothing is done where an addon is there already and loads.
 */
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import process from "node:process";

const root = join(import.meta.dirname, "..");
const tfjsNode = "@tensorflow/tfjs-node@4.22.0";
const tensorflowCpu = "tensorflow-cpu==2.21.0";
const folder = resolve(
  process.argv[2] ?? join(root, ".cache", "tensorflow-addon", "node_modules", "@tensorflow", "tfjs-node"),
);
const addon = join(folder, "lib", "napi-v8", "tfjs_binding.node");

const fail = (sentence) => {
  console.error(`build-tensorflow-addon: ${sentence}`);
  process.exit(1);
};
const run = (command, args, options = {}) =>
  execFileSync(command, args, { stdio: ["ignore", "pipe", "inherit"], encoding: "utf8", ...options });
const succeeds = (command, args) => spawnSync(command, args, { stdio: "ignore" }).status === 0;

const loads = (file) =>
  existsSync(file) &&
  succeeds(process.execPath, ["-e", `require(${JSON.stringify(file)}).TF_Version || process.exit(1)`]);

/** Installs Debian packages as root, or says which. */
const need = (isThere, packages) => {
  if (isThere()) return;
  const asRoot = process.getuid?.() === 0 && succeeds("apt-get", ["--version"]);
  if (!asRoot)
    fail(`${packages.join(" and ")} missing: install them, on Debian by apt-get install ${packages.join(" ")}`);
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  run("apt-get", ["update", "-qq"], { env });
  run("apt-get", ["install", "-y", "-qq", "--no-install-recommends", ...packages], { env });
};

/** The files of an npm package, without running anything of it. */
const unpack = (name, to) => {
  const work = mkdtempSync(join(tmpdir(), "npm-pack-"));
  try {
    run("npm", ["pack", name, "--silent", "--pack-destination", work], { cwd: work });
    const [archive] = readdirSync(work);
    if (archive === undefined) fail(`npm pack ${name} gave no file`);
    mkdirSync(dirname(to), { recursive: true });
    run("tar", ["xzf", join(work, archive), "-C", work]);
    rmSync(to, { recursive: true, force: true });
    renameOrCopy(join(work, "package"), to);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
};

/** Between two file systems nothing can be renamed. */
const renameOrCopy = (from, to) => {
  try {
    renameSync(from, to);
  } catch {
    run("cp", ["-r", from, to]);
  }
};

const holdsTensorFlow = (place) =>
  existsSync(join(place, "libtensorflow_cc.so.2")) && existsSync(join(place, "include", "tensorflow", "c", "c_api.h"));

const inEnvironment = (environment) => {
  const lib = join(environment, "lib");
  return existsSync(lib) ? readdirSync(lib).map((python) => join(lib, python, "site-packages", "tensorflow")) : [];
};

const tensorflowFolder = () => {
  const cache = join(root, ".cache", "tensorflow");
  const given = process.env.TENSORFLOW;
  const known = [
    ...(given === undefined ? [] : [given]),
    ...inEnvironment(join(root, ".venv")),
    ...inEnvironment(cache),
  ];
  const found = known.find(holdsTensorFlow);
  if (found !== undefined) return found;
  if (given !== undefined) fail(`TENSORFLOW is ${given}, which holds no libtensorflow_cc.so.2 and include/tensorflow`);
  need(() => succeeds("python3", ["-c", "import ensurepip, venv"]), ["python3", "python3-venv"]);
  run("python3", ["-m", "venv", cache]);
  // The library and its headers alone: what its Python part depends on is not needed.
  run(join(cache, "bin", "pip"), ["install", "--quiet", "--no-deps", tensorflowCpu]);
  return inEnvironment(cache).find(holdsTensorFlow) ?? fail(`${tensorflowCpu} holds no libtensorflow_cc.so.2`);
};

const nodeHeaders = () => {
  const own = join(dirname(process.execPath), "..", "include", "node");
  if (existsSync(join(own, "node_api.h"))) return own;
  const fetched = join(root, ".cache", "node-api-headers");
  if (!existsSync(join(fetched, "include", "node_api.h"))) unpack("node-api-headers", fetched);
  return join(fetched, "include");
};

if (loads(addon)) {
  console.log(`build-tensorflow-addon: ${addon} is there`);
  process.exit(0);
}
if (!existsSync(join(folder, "binding", "tfjs_backend.cc"))) unpack(tfjsNode, folder);
const tensorflow = tensorflowFolder();
need(() => succeeds("g++", ["--version"]), ["g++"]);
mkdirSync(dirname(addon), { recursive: true });
const made = `${addon}.${process.pid}`;
const includes = [nodeHeaders(), folder, join(tensorflow, "include")].map((place) => `-I${place}`);
const sources = ["tfjs_backend.cc", "tfjs_binding.cc"].map((file) => join(folder, "binding", file));
run("g++", [
  "-std=c++17",
  "-O2",
  "-fPIC",
  "-shared",
  "-w",
  "-DNAPI_VERSION=8",
  ...includes,
  ...sources,
  "-o",
  made,
  `-L${tensorflow}`,
  "-l:libtensorflow_cc.so.2",
  "-l:libtensorflow_framework.so.2",
  `-Wl,-rpath,${tensorflow}`,
]);
renameSync(made, addon);
if (!loads(addon)) fail(`${addon} was built but does not load: run node -e 'require("${addon}")'`);
console.log(`build-tensorflow-addon: ${addon}, on the libtensorflow of ${tensorflow}`);
