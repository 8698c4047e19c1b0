/** onnx's own backend tests: every case whose operators are in the vocabulary gives ONNX's numbers; docs/onnx.md counts them. */
import { readFileSync, writeFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { reference } from "../../../src/backends/reference/index.js";
import { wasm } from "../../../src/backends/tfjs/wasm/index.js";
import { defaultPasses, requiredPasses } from "../../../src/compiler/pipeline.js";
import { orReject } from "../../../src/errors.js";
import { readings } from "../../../src/io/onnx/read/readings.js";
import { onnxCases, readCase, runCase, type OnnxCase, type Outcome } from "../../support/onnx-cases.js";

const { cases, leftOut, version } = onnxCases();
const outcomes = cases.map((one): readonly [OnnxCase, Outcome] => [one, readCase(one)]);

/** A net's own operators: what they are refused for is never "no operators". */
const isKnown = ({ model }: OnnxCase): boolean =>
  (model.graph?.node ?? []).every(
    ({ opType, domain }) => (domain === "" || domain === "ai.onnx") && readings.has(opType),
  );

test.each([
  { backend: reference, passes: requiredPasses, optimised: "as it is read" },
  { backend: wasm, passes: defaultPasses, optimised: "optimised" },
])("all cases that are read agree on $backend.name, $optimised", async ({ backend, passes }) => {
  const device = await orReject(backend.load);
  const before = device.memory().buffers;
  const wrong: string[] = [];
  for (const [one, outcome] of outcomes) {
    if (outcome.kind !== "read") continue;
    const differences = await runCase(one, outcome, device, passes);
    if (differences.length > 0) wrong.push(`${one.name}: ${differences.join("; ").slice(0, 160)}`);
  }
  expect(wrong).toEqual([]);
  expect(device.memory().buffers, "buffers that are left").toBe(before);
});

test("every case is read or refused by name; none is called damaged", () => {
  expect(
    outcomes.flatMap(([{ name }, outcome]) => (outcome.kind === "failed" ? [`${name}: ${outcome.reason}`] : [])),
  ).toEqual([]);
});

test("what is refused for its operators has one that is not in the vocabulary", () => {
  const said = outcomes.flatMap(([one, outcome]) =>
    outcome.kind === "unsupported" && /no operators of svertka/.test(outcome.reason) && isKnown(one) ? [one.name] : [],
  );
  expect(said).toEqual([]);
});

describe("docs/onnx.md", () => {
  /** The operator that a case is about: its only one, or what its name begins with. */
  const subjectOf = ({ name, model }: OnnxCase): string => {
    const nodes = model.graph?.node ?? [];
    return nodes.length === 1 && !name.endsWith("_expanded") ? (nodes[0]?.opType ?? name) : "(expanded functions)";
  };

  const shortReason = (reason: string): string =>
    reason
      .replace(/^onnx: /, "")
      .replace(/^\w+ '[^']*': /, "")
      .replace(/'[^']*'/g, "…")
      .replace(
        /: (use a model without them|use floats, whole.*|convert the file.*|export the model.*|leave them out|a model of svertka takes tensors|use a finite number)$/,
        "",
      )
      .replace(/ computed at run time.*$/, " computed at run time");

  const rows = (): readonly string[] => {
    const subjects = new Map<string, (readonly [OnnxCase, Outcome])[]>();
    for (const outcome of outcomes) {
      const subject = subjectOf(outcome[0]);
      subjects.set(subject, [...(subjects.get(subject) ?? []), outcome]);
    }
    return [...subjects]
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(([subject, list]) => {
        const read = list.flatMap(([, outcome]) => (outcome.kind === "read" ? [outcome.given] : []));
        const fixed = read.filter((given) => given !== "inputs").length;
        const reasons = new Set(
          list.flatMap(([, outcome]) => (outcome.kind === "unsupported" ? [shortReason(outcome.reason)] : [])),
        );
        const shown = subject.startsWith("(")
          ? "operators that are not in the vocabulary"
          : [...reasons].toSorted().join("; ");
        const refused = list.length - read.length;
        return `| ${subject} | ${read.length} | ${fixed === 0 ? "" : fixed} | ${refused === 0 ? "" : refused} | ${refused === 0 ? "" : shown} |`;
      });
  };

  test("counts what passes and says why the rest does not (UPDATE=1 writes the table)", () => {
    const passed = outcomes.filter(([, { kind }]) => kind === "read").length;
    const table = [
      `onnx ${version}: ${cases.length} cases (${leftOut.length} more have arrays too large for the fixture): ${passed} pass, ${cases.length - passed} are unsupported, 0 fail.`,
      "",
      "| operator | pass | of them, with shapes, axes or the like as initialisers | unsupported | because of |",
      "|---|---|---|---|---|",
      ...rows(),
    ].join("\n");
    const place = new URL("../../../docs/onnx.md", import.meta.url);
    const text = readFileSync(place, "utf8");
    const [head = "", rest = ""] = text.split("<!-- node tests -->\n");
    const [old = "", tail = ""] = rest.split("<!-- end of node tests -->\n");
    if (process.env["UPDATE"] === "1")
      writeFileSync(place, `${head}<!-- node tests -->\n${table}\n<!-- end of node tests -->\n${tail}`);
    else expect(old.trim()).toBe(table);
  });
});
