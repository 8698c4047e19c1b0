/** Runs a lesson of examples/ by the command of its README, on other data and into a folder that goes. */
import { readdirSync } from "node:fs";
import { join } from "node:path";
import { expect } from "vitest";
import { svertka, type Workspace } from "../cli/harness.js";

export const root = join(import.meta.dirname, "..", "..");
export const examples = join(root, "examples");

export interface Ended {
  readonly loss: number;
  readonly metrics: Readonly<Record<string, number>>;
  /** Of the model, as the table before training says. */
  readonly parameters: number;
}

export const train = async (space: Workspace, task: string, ...more: readonly string[]): Promise<Ended> => {
  const out = space.path(`runs/${task}`);
  const words = [join(examples, task), "--out", out, "--backend", "wasm", "--json", ...more];
  const { code, stdout, stderr } = await svertka("train", ...words);
  expect([code, stderr]).toEqual([0, expect.not.stringContaining("error")]);
  expect(readdirSync(out)).toEqual(expect.arrayContaining(["checkpoint", "history.json", "history.png"]));
  const [, parameters = ""] = /^parameters +([\d,]+)/m.exec(stderr) ?? [];
  return { ...JSON.parse(stdout), parameters: Number(parameters.replace(/,/g, "")) };
};

export interface Summary {
  readonly layers: readonly { readonly outputShape: readonly unknown[]; readonly parameters: number }[];
  readonly parameters: number;
}

export const summary = async (file: string): Promise<Summary> => {
  const { code, stdout } = await svertka("summary", join(examples, file), "--json");
  expect(code).toBe(0);
  return JSON.parse(stdout);
};

/** A folder that is not there is one sentence that names it, and leaves nothing behind. */
export const refuses = async (space: Workspace, task: string): Promise<void> => {
  const words = ["--data", space.path("none"), "--out", space.path("refused"), "--backend", "wasm"];
  const { code, stderr } = await svertka("train", join(examples, task), ...words);
  expect(code).toBe(2);
  expect(stderr.trim().split("\n").at(-1)).toMatch(/^error: .*none.*: /);
  expect(space.list("refused")).toEqual([]);
};
