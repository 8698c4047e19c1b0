/** `svertka explain` shows what frozen layers save: no gradient of theirs is among the steps, and it says so. */
import { expect, test } from "vitest";
import { svertka, workspace } from "./harness.js";
import { taskText } from "./small-task.js";

const { file } = workspace();

/** The training step's part of the page. */
const trainingOf = async (text: string): Promise<string> => {
  const { code, stdout } = await svertka("explain", file("task.ts", text), "--backend", "reference", "--quiet");
  expect(code).toBe(0);
  return stdout.split("── training step, batch of 16, on reference ──")[1] ?? "";
};

test("frozen convolutions need no gradient", async () => {
  const whole = await trainingOf(taskText());
  expect(whole).toMatch(/conv2dFilterGradient/);
  expect(whole).toMatch(/maxPool2dGradient/);
  expect(whole).not.toContain("frozen");
  const begun = "conv2d({ filters: 4, kernelSize: 3, strides: 3 })";
  const half = await trainingOf(taskText().replace(begun, `frozen(${begun})`).replace("conv2d,", "conv2d, frozen,"));
  expect(half).not.toMatch(/conv2dFilterGradient|maxPool2dGradient/);
  expect(half).toContain("frozen: no gradient is computed for 2 of 6 weights (conv2d/kernel, conv2d/bias)\n");
});

test("patterns of what is trained do the same", async () => {
  const head = await trainingOf(taskText({ fields: 'trainable: ["dense_1"],' }));
  expect(head).not.toMatch(/conv2dFilterGradient|maxPool2dGradient/);
  expect(head).toContain(
    "frozen: no gradient is computed for 4 of 6 weights (conv2d/kernel, conv2d/bias, dense/kernel, dense/bias)\n",
  );
});
