/**
 * Makes docs/pictures with the built command: `npm run build && node scripts/pictures.mjs [FOLDER [RUN]]`. It trains a net for
 * three epochs, or takes the RUN of `svertka train examples/fashion-mnist/task.ts --epochs 3 --out RUN`.
 */
import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createJiti } from "jiti";

const root = fileURLToPath(new URL("..", import.meta.url));
const out = process.argv[2] ?? join(root, "docs", "pictures");
/** Bytes that a picture may have in the repository. */
const most = 150_000;

const svertka = (...args) =>
  execFileSync(process.execPath, [join(root, "dist", "cli", "main.js"), ...args], {
    stdio: ["ignore", "inherit", "ignore"],
  });

mkdirSync(out, { recursive: true });
mkdirSync(join(root, ".cache"), { recursive: true });
const work = mkdtempSync(join(root, ".cache", "pictures-"));
const draw = (name, what, ...args) => {
  const file = join(out, name);
  svertka("draw", what, ...args, "--output", file);
  const { size } = statSync(file);
  if (size > most) throw new Error(`${name}: ${size} bytes, at most ${most}: draw less or give --scale`);
};

try {
  const load = createJiti(import.meta.url);
  const { readFashionMnist } = await load.import(join(root, "src/data/node.ts"));
  const { writeNpy } = await load.import(join(root, "src/io/npy.ts"));
  const { i32 } = await load.import(join(root, "src/data/index.ts"));
  const { sliceRows } = await load.import(join(root, "src/data/rows.ts"));
  const read = await readFashionMnist(join(root, "examples/fashion-mnist/data"))();
  if (read._tag === "Left") throw new Error(read.left.message);
  const { test, classNames } = read.right;
  const npy = (name, array) => {
    const file = join(work, name);
    writeFileSync(file, writeNpy(array));
    return file;
  };
  const [x, y, three, two] = [
    npy("x.npy", sliceRows(test.x, 0, 1000)),
    npy("y.npy", sliceRows(test.y, 0, 1000)),
    npy("test.npy", sliceRows(test.x, 0, 3)),
    npy("two.npy", sliceRows(test.x, 0, 2)),
  ];
  const edge = npy("edge.npy", i32([3, 3], Int32Array.of(-1, -1, -1, -1, 8, -1, -1, -1, -1)));
  const names = ["--class-names", classNames.map((name) => name.replace("T-shirt/top", "T-shirt")).join(",")];
  const net = join(work, "resnet-50.ts");
  writeFileSync(
    net,
    'import { model } from "svertka";\nimport { resnet50 } from "../../test/types/nets/resnet50.js";\nexport default model(resnet50);\n',
  );
  const task = join(root, "examples/fashion-mnist/task.ts");
  const run = process.argv[3] ?? join(work, "fashion-mnist");
  if (process.argv[3] === undefined) svertka("train", task, "--epochs", "3", "--out", run);

  draw("resnet50.svg", net);
  draw("passes.png", task, "--passes", "--backend", "wasm", "--scale", "1");
  draw("history-dark.png", join(run, "history.json"), "--dark", "--scale", "1");
  draw("edge.png", edge, "--scale", "1.5");
  draw("kernel.png", run, "--kernels", "--layer", "conv2d", "--scale", "1");
  const layers = ["conv2d", "maxPool2d", "conv2d_1"].flatMap((name) => ["--layer", name]);
  draw("maps.png", run, ...layers, "--channels", "1", "--image", three, "--scale", "1");
  draw("grad-cam.png", run, "--grad-cam", "--image", two, ...names, "--scale", "1", "--backend", "wasm");
  draw("confusion.png", run, "--x", x, "--y", y, ...names, "--scale", "1");
  draw("misclassified-dark.png", run, "--misclassified", "--x", x, "--y", y, ...names, "--dark", "--scale", "1");
} finally {
  rmSync(work, { recursive: true, force: true });
}
