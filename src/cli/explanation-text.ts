/** What the compiler did, as text for people: a first screen that tells the story, then the details. */
import type { Explanation, ExplainedCall, PassExplanation } from "../run/explain.js";
import type { GeneratedKernel } from "../run/explanation/generated.js";
import { bytes, count, operations } from "./quantities.js";
import { textTable } from "./text-table.js";

export interface Explained {
  readonly title: string;
  readonly explanation: Explanation;
  /** Of a training step: the weights, and those of them that it leaves as they are. */
  readonly frozen?: { readonly weights: readonly string[]; readonly of: number } | undefined;
}

const shownNames = 3;

/** The first few names, and how many more. */
const listed = (names: readonly string[]): string =>
  names.length <= shownNames + 1
    ? names.join(", ")
    : `${names.slice(0, shownNames).join(", ")} and ${names.length - shownNames} more`;

/** Names by what they have in common, in the order of the first. */
const grouped = <A>(items: readonly A[], keyOf: (item: A) => string, nameOf: (item: A) => string) => {
  const groups = new Map<string, string[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), nameOf(item)]);
  return [...groups];
};

const groupLine = ([kind, of]: readonly [string, readonly string[]]): string => {
  const names = of.filter((name) => name !== "");
  return `  ${of.length === 1 ? "" : `${of.length} × `}${kind}${names.length === 0 ? "" : `  (${listed(names)})`}`;
};

/** Layers that one call computes: `conv2d+relu`. */
const layerNames = ({ layers }: Pick<ExplainedCall, "layers">): string => layers.join("+");

/** How calls became fewer, and what was joined; the same kind of call is counted. */
export const fusionText = ({ callsBefore, callsAfter, calls }: Explanation): string => {
  const joined = calls.filter(({ operators, nodes }) => operators.includes(" + ") || nodes.length > 1);
  const lines = grouped(joined, ({ operators }) => operators, layerNames).map((group) => groupLine(group));
  return [
    `${callsBefore} kernel calls became ${callsAfter}${lines.length === 0 ? "" : "; each of these is one call:"}`,
    ...lines,
  ].join("\n");
};

const workTable = ({ before, after }: Explanation): string => {
  const share = (was: number, is: number): string => (was === 0 ? "–" : `${Math.round((100 * is) / was)} %`);
  const row = (title: string, was: number, is: number, text: (value: number) => string): readonly string[] => [
    title,
    text(was),
    text(is),
    share(was, is),
  ];
  return textTable(
    [
      { title: "predicted", align: "left" },
      { title: "before", align: "right" },
      { title: "after", align: "right" },
      { title: "", align: "right" },
    ],
    [
      row("kernel calls", before.calls, after.calls, count),
      row("work", before.flops, after.flops, operations),
      row("bytes moved", before.bytes, after.bytes, bytes),
      row("peak of values", before.peakBytes, after.peakBytes, bytes),
    ],
  );
};

const amounts = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .map(([name, many]) => (many === 1 ? name : `${many} × ${name}`))
    .join(", ");

/** A saving with its sign: what is more than before has a plus. */
const saving = (value: number, text: (value: number) => string): string =>
  value === 0 ? "" : `${value > 0 ? "−" : "+"}${text(Math.abs(value))}`;

const passTable = (passes: readonly PassExplanation[]): string => {
  const changing = passes.filter(({ removed, made }) => Object.keys(removed).length + Object.keys(made).length > 0);
  const table = textTable(
    [
      { title: "pass", align: "left" },
      { title: "nodes", align: "right" },
      { title: "calls", align: "right" },
      { title: "work", align: "right" },
      { title: "bytes", align: "right" },
      { title: "ms", align: "right" },
      { title: "what it did", align: "left" },
    ],
    changing.map(({ name, nodesBefore, nodesAfter, removed, made, saved, milliseconds }) => {
      const did = [
        ...(Object.keys(removed).length === 0 ? [] : [`removed ${amounts(removed)}`]),
        ...(Object.keys(made).length === 0 ? [] : [`made ${amounts(made)}`]),
      ];
      return [
        name,
        `${nodesBefore} → ${nodesAfter}`,
        saving(saved.calls, count),
        saving(saved.flops, operations),
        saving(saved.bytes, bytes),
        milliseconds.toFixed(1),
        did.join("; "),
      ];
    }),
  );
  const idle = [...new Set(passes.filter((pass) => !changing.includes(pass)).map(({ name }) => name))];
  const never = idle.filter((name) => changing.every((pass) => pass.name !== name));
  return never.length === 0 ? table : `${table}\nnothing to do for ${never.join(", ")}`;
};

/** The kinds of reasons on the first screen; the details say each in its place. */
const remainingText = ({ remaining }: Explanation): readonly string[] => {
  const groups = grouped(
    remaining,
    ({ operator, reasons }) => `${operator}: ${[...new Set(reasons.map(({ kind }) => kind))].toSorted().join("; ")}`,
    ({ layers }) => layers.join("+"),
  ).toSorted(([, a], [, b]) => b.length - a.length);
  const more = groups.length - shownGroups;
  return remaining.length === 0
    ? []
    : [
        "",
        `${count(remaining.length)} calls only apply a formula or move elements; why they stand alone:`,
        ...groups.slice(0, shownGroups).map(([kind, of]) => `  ${of.length === 1 ? "" : `${of.length} × `}${kind}`),
        ...(more > 0 ? [`  and ${more} more kinds: see the details`] : []),
      ];
};
const shownGroups = 8;

/** Each reason in its place. */
const reasonsText = ({ remaining }: Explanation): readonly string[] =>
  remaining.length === 0
    ? []
    : [
        "",
        "calls that stand alone:",
        ...grouped(
          remaining,
          ({ operator, reasons }) => `${operator}: ${reasons.map(({ text }) => text).join("; ")}`,
          ({ layers }) => layers.join("+"),
        ).map(([kind, of]) => groupLine([kind, of])),
      ];

const frozenText = ({ weights, of }: NonNullable<Explained["frozen"]>): string =>
  `frozen: no gradient is computed for ${weights.length} of ${of} weights (${weights.join(", ")})`;

const callTable = ({ calls }: Explanation): string =>
  textTable(
    [
      { title: "#", align: "right" },
      { title: "layers", align: "left" },
      { title: "kernel", align: "left" },
      { title: "computes", align: "left" },
      { title: "gives", align: "left" },
    ],
    calls.map((call, index) => [
      String(index + 1),
      listed(call.layers),
      call.kernel,
      call.operators,
      `[${call.shape.join(", ")}]`,
    ]),
  );

export const explanationText = (explained: Explained): string => {
  const { title, explanation, frozen } = explained;
  const { backend, passes, generated, prepare, steps } = explanation;
  const purposes = [...new Map(passes.map(({ name, purpose }) => [name, purpose]))];
  const runs = generated.reduce((sum, kernel) => sum + kernel.calls.length, 0);
  return [
    `── ${title}, on ${backend} ──`,
    "",
    fusionText(explanation),
    ...(frozen === undefined || frozen.weights.length === 0 ? [] : [frozenText(frozen)]),
    "",
    workTable(explanation),
    ...(generated.length === 0
      ? []
      : ["", `${generated.length} formulas are kernels of their own, ${runs} calls run them (--kernels shows them)`]),
    ...remainingText(explanation),
    "",
    passTable(passes),
    "",
    "── details ──",
    "",
    ...purposes.map(([name, purpose]) => `${name}: ${purpose}`),
    "",
    "calls:",
    callTable(explanation),
    ...reasonsText(explanation),
    ...(prepare.length === 0 ? [] : ["", "once, before the first batch:", ...prepare.map((step) => `  ${step}`)]),
    "",
    "steps:",
    ...steps.map((step) => `  ${step}`),
  ].join("\n");
};

/** Code, or where it stands already: several formulas may be computed by one function. */
const sourceLines = ({ source, together = 0 }: GeneratedKernel, isShown: boolean): readonly string[] => {
  if (source === undefined) return [];
  if (isShown) return ["    (by the code above)"];
  const others = together === 0 ? [] : [`    (one call computes this and ${count(together)} more)`];
  return [...others, source.trimEnd().replace(/^/gm, "    ")];
};

/** The generated kernels: formula, calls, and code where the backend shows it. */
export const kernelsText = ({ title, explanation: { backend, generated } }: Explained): string =>
  [
    `── ${title}, on ${backend}: ${generated.length} kernels made of formulas ──`,
    ...generated.flatMap((kernel, index) => {
      const { operator, formula, calls, source } = kernel;
      const isShown = generated.slice(0, index).some((earlier) => earlier.source === source);
      return [
        "",
        `${operator}: ${formula}`,
        ...grouped(
          calls,
          ({ inputs, output }) => `${inputs.join(", ")} -> ${output}`,
          ({ layers }) => layers.join("+"),
        ).map((group) => groupLine(group)),
        ...sourceLines(kernel, isShown),
      ];
    }),
  ].join("\n");

/** The graphs before and after a pass, for each time that it runs. */
export const passText = ({ title, explanation }: Explained): string =>
  explanation.passes
    .map(({ name, purpose, nodesBefore, nodesAfter, before, after }, index, { length }) =>
      [
        `── ${title}: ${name}${length === 1 ? "" : `, run ${index + 1} of ${length}`} ──`,
        purpose,
        "",
        `before, ${nodesBefore} nodes:`,
        before.trimEnd(),
        "",
        before === after ? "after: the same" : `after, ${nodesAfter} nodes:\n${after.trimEnd()}`,
      ].join("\n"),
    )
    .join("\n\n");
