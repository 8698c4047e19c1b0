/**
 * The node backend beside tfjs-layers on the same addon: `npx jiti bench/node-native.ts [rounds]`. The two run in turn, a
 * process each; medians over all rounds, and their ratio. The peer: `npm install --ignore-scripts` in bench/, then
 * `node scripts/build-tensorflow-addon.mjs bench/node_modules/@tensorflow/tfjs-node`.
 */
import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { cases, type Case } from "./node-native/cases.js";

const [, , rounds = "5"] = process.argv;
const jiti = fileURLToPath(new URL("../node_modules/jiti/lib/jiti-cli.mjs", import.meta.url));

const milliseconds = (system: string, one: Case): number => {
  const file = fileURLToPath(new URL(`./node-native/${system}.ts`, import.meta.url));
  const said = execFileSync(process.execPath, [jiti, file, one], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return Number(said.trim().split("\n").at(-1));
};

const median = (xs: readonly number[]): number => xs.toSorted((a, b) => a - b)[xs.length >> 1] ?? Number.NaN;

for (const one of cases) {
  const ours: number[] = [];
  const theirs: number[] = [];
  for (let round = 0; round < Number(rounds); round++) {
    theirs.push(milliseconds("tfjs-layers", one));
    ours.push(milliseconds("svertka", one));
  }
  const [peer, own] = [median(theirs), median(ours)];
  console.log(
    `${one.padEnd(22)} tfjs-layers ${peer.toFixed(2).padStart(8)} ms   svertka node ${own.toFixed(2).padStart(8)} ms   ratio ${(peer / own).toFixed(2)}`,
  );
}
