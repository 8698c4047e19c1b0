/** The pages of docs/reference, as Markdown, from what the doors export. */
import type { Exported } from "./exported.js";

interface Page {
  readonly file: string;
  readonly title: string;
  readonly lead: string;
  /** The doors it shows, and which of their exports. */
  readonly doors: readonly string[];
  readonly takes: (one: Exported) => boolean;
}

const isOperator = ({ name, isType }: Exported): boolean => !isType && name.endsWith("Operator");

const isLayer = ({ file, isType, name }: Exported): boolean =>
  !isType &&
  !name.endsWith("Operator") &&
  /^src\/(ops|dsl\/blocks)\//.test(file) &&
  !file.endsWith("initializers.ts") &&
  !file.endsWith("registry.ts");

/** In the order of the index. What `svertka/data` and its kin export is not said again where `…/node` does. */
const pages: readonly Page[] = [
  {
    file: "layers.md",
    title: "Layers, activations and merges",
    lead: "What a `pipe` is made of. A layer is a function from expression to expression; batch axes are left out of shapes.",
    doors: ["svertka"],
    takes: isLayer,
  },
  {
    file: "svertka.md",
    title: "Models, compilation, weights, errors",
    lead: "The rest of the main door: what joins layers, makes models of them, compiles them and looks at them.",
    doors: ["svertka"],
    takes: (one) => !one.isType && !isLayer(one) && !isOperator(one),
  },
  {
    file: "operators.md",
    title: "Operators of the graph",
    lead: "What layers are made of, one value each: shape rule, gradient, kernel, cost. `ops.operator` and `applyOperator` put them into a model.",
    doors: ["svertka"],
    takes: isOperator,
  },
  {
    file: "types.md",
    title: "Types of the main door",
    lead: "For those who write signatures. A layer's own type has the layer's name with a capital.",
    doors: ["svertka"],
    takes: ({ isType }) => isType,
  },
  {
    file: "train.md",
    title: "Training",
    lead: "Losses, optimisers, metrics, schedules, callbacks, tasks; free of Node.",
    doors: ["svertka/train"],
    takes: () => true,
  },
  {
    file: "data.md",
    title: "Data",
    lead: "`svertka/data` is free of Node; `svertka/data/node` has the same and what reads files.",
    doors: ["svertka/data", "svertka/data/node"],
    takes: () => true,
  },
  {
    file: "io.md",
    title: "Files of models and weights",
    lead: "`svertka/io` takes and gives bytes; `svertka/io/node` takes paths.",
    doors: ["svertka/io", "svertka/io/node"],
    takes: () => true,
  },
  {
    file: "viz.md",
    title: "Pictures",
    lead: "`svertka/viz` makes SVG; `svertka/viz/node` has the same and PNG.",
    doors: ["svertka/viz", "svertka/viz/node"],
    takes: () => true,
  },
  {
    file: "operator.md",
    title: "Operators of your own",
    lead: "The contract by which svertka's own operators are written, too; see [custom-layers.md](../custom-layers.md).",
    doors: ["svertka/operator"],
    takes: () => true,
  },
  {
    file: "backends.md",
    title: "Backends",
    lead: "A door each, so that a bundle has the one that it uses; see [../backends.md](../backends.md).",
    doors: [
      "svertka/wasm",
      "svertka/node",
      "svertka/ort",
      "svertka/webgl",
      "svertka/webgpu",
      "svertka/cpu",
      "svertka/reference",
    ],
    takes: () => true,
  },
];

/** `{@link name}` becomes `name` in code. */
const linked = (text: string): string => text.replace(/\{@link ([^}]+)\}/g, "`$1`");

/** Words that Markdown would take for tags, as in `Expr<S>`, outside of code. */
const escaped = (text: string): string =>
  text
    .split(/(`[^`]*`)/)
    .map((part, i) => (i % 2 === 1 ? part : part.replace(/</g, "&lt;").replace(/\*/g, "\\*")))
    .join("");

/** The labelled lines of the house's docstrings (`Shape   …`) as a list; other lines as they are. */
const proseOf = (text: string): string =>
  escaped(linked(text))
    .replace(/^([A-Z][a-z]+) {2,}(\S)/gm, "* **$1**: $2")
    .replace(/\n {4,}(\S)/g, "\n  $1");

const summaryOf = ({ text }: Exported): string => {
  const [sentence = ""] = linked(text)
    .replace(/\n\n[\s\S]*$/, "")
    .replace(/\n/g, " ")
    .split(/(?<=\.) (?=[A-Z])/);
  return escaped(sentence).replace(/\|/g, "\\|");
};

/** As GitHub makes them of headings. */
const anchorOf = (name: string): string => name.toLowerCase();

/** A fence in code that no test takes for a program: declarations have no bodies. */
const fenced = (language: string, code: string): string => `\`\`\`${language}\n${code}\n\`\`\``;

/** Where each exported name is shown: page and anchor. */
type Places = ReadonlyMap<string, string>;

/** Links to the types of options that a signature names. */
const optionsOf = ({ signature, name }: Exported, places: Places): readonly string[] => {
  const named = new Set(signature.match(/\b[A-Z]\w*Options\b/g) ?? []);
  const links = [...named].flatMap((type) => {
    const place = type === name ? undefined : places.get(type);
    return place === undefined ? [] : [`[\`${type}\`](${place})`];
  });
  return links.length > 0 ? [`Options: ${links.join(", ")}`] : [];
};

const entryOf = (one: Exported, places: Places): string =>
  [
    `### ${one.name}`,
    ...(one.text === "" ? [] : [proseOf(one.text)]),
    fenced("typescript", one.signature),
    ...optionsOf(one, places),
    ...one.examples.map((example) => `For example:\n\n${fenced("typescript", example)}`),
    `[${one.file}](../../${one.file})`,
  ].join("\n\n");

const tableOf = (all: readonly Exported[]): string =>
  ["| | |", "|---|---|", ...all.map((one) => `| [\`${one.name}\`](#${anchorOf(one.name)}) | ${summaryOf(one)} |`)].join(
    "\n",
  );

const marker = "<!-- generated from the docstrings: UPDATE=1 npx vitest run test/docs/reference.test.ts -->";

/** One door's part of a page: values, then types. */
const sectionOf = (door: string, all: readonly Exported[], places: Places): string => {
  const values = all.filter(({ isType }) => !isType);
  const types = all.filter(({ isType }) => isType);
  return [
    `## ${door}`,
    ...(values.length > 0 ? [tableOf(values)] : []),
    ...(types.length > 0 ? [`Types: ${types.map(({ name }) => `[\`${name}\`](#${anchorOf(name)})`).join(", ")}.`] : []),
    ...[...values, ...types].map((one) => entryOf(one, places)),
  ].join("\n\n");
};

interface Section {
  readonly door: string;
  readonly shown: readonly Exported[];
}

/** What a page shows, door by door; what two doors export is shown once. */
const sectionsOf = (page: Page, byDoor: ReadonlyMap<string, readonly Exported[]>): readonly Section[] => {
  const seen = new Set<string>();
  return page.doors.map((door) => {
    const shown = (byDoor.get(door) ?? []).filter((one) => page.takes(one) && !seen.has(one.name));
    for (const { name } of shown) seen.add(name);
    return { door, shown };
  });
};

const indexOf = (): string =>
  [
    "# Reference",
    marker,
    "What each door of the package exports, from the docstrings in the sources.",
    pages
      .map(({ file, title, doors }) => `* [${title}](${file}): ${doors.map((door) => `\`${door}\``).join(", ")}`)
      .join("\n"),
  ].join("\n\n") + "\n";

/** File name in docs/reference to its text. */
export const referencePages = (byDoor: ReadonlyMap<string, readonly Exported[]>): ReadonlyMap<string, string> => {
  const sections = pages.map((page) => [page, sectionsOf(page, byDoor)] as const);
  const places: Places = new Map(
    sections.flatMap(([{ file }, all]) =>
      all.flatMap(({ shown }) => shown.map(({ name }) => [name, `${file}#${anchorOf(name)}`] as const)),
    ),
  );
  const texts = sections.map(([{ file, title, lead }, all]) => {
    const parts = all.map(({ door, shown }) => sectionOf(door, shown, places));
    return [file, [`# ${title}`, marker, lead, ...parts].join("\n\n") + "\n"] as const;
  });
  return new Map([["README.md", indexOf()], ...texts]);
};
