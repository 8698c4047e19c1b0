/** A model as readable TypeScript: layers, functions for what repeats, constants for what is read more than once. */
import type { SvertkaError } from "../../errors.js";
import { E, pipe, type Either } from "../../fp.js";
import * as initializers from "../../ops/initializers.js";
import * as words from "../../ops/index.js";
import type { LayerCall, LayerGraph } from "../layers/layer-graph.js";
import { modelOf } from "../layers/model-of.js";
import { all, docText, list, type Doc } from "./doc.js";
import { commentText, Identifiers, inCamelCase, keyText, stringText } from "./identifiers.js";
import { literal } from "./literals.js";
import { plainCalls } from "./options.js";
import { Printer, shrinks, type Scope } from "./print.js";
import type { InputShape } from "./probe.js";
import { bodyOf, type Making } from "./regions.js";
import { takeRepeats } from "./repeats.js";
import { layerStep } from "./steps.js";
import { skipOf, treesOf, type Body, type Step, type Tree } from "./terms.js";
import { sharedPaths, weightsOfSource } from "./weight-names.js";

export interface SourceOptions {
  /** What it was made from, for the head of the file. */
  readonly from: string;
  /** The file of its weights, for the head of the file. */
  readonly weightsFile?: string | undefined;
}

export interface Source {
  readonly text: string;
  /** For each weight of the source's model: its name in the model that it was made from. */
  readonly weights: ReadonlyMap<string, string>;
}

/**
 * The source of a model of layers. Its default export is the model; its weights are named by the layers themselves, as in
 * any source, and `weights` says which is which.
 *
 * Errors  those of `modelOf`.
 */
export const sourceOf = (graph: LayerGraph, options: SourceOptions): Either<SvertkaError, Source> =>
  pipe(
    modelOf(graph),
    E.flatMap(() => weightsOfSource(graph)),
    E.map((weights) => ({ text: new Writing(graph, options).run(), weights })),
  );

/** Words that no constant may be called. */
const ownWords: readonly string[] = [
  ...Object.keys(words),
  ...Object.keys(initializers),
  ..."pipe flow model input ops parameter tensor named share frozen sequential residual residualOf chain f net x value".split(
    " ",
  ),
];

/** Chains of no more steps are not cut into stages, and a stage has no fewer. */
const [shortChain, leastStage] = [8, 3];

class Writing {
  private readonly used = new Set<string>();
  private readonly identifiers = new Identifiers(ownWords);
  private readonly printer = new Printer((word) => void this.used.add(word), this.identifiers);
  private readonly lines: string[] = [];
  /** What holds tensors without a batch axis. */
  private readonly operands = new Map<string, string>();
  private stages = 0;

  constructor(
    private readonly graph: LayerGraph,
    private readonly options: SourceOptions,
  ) {}

  run(): string {
    const body = this.body();
    const functions = takeRepeats(body, this.identifiers);
    const head = this.lines.splice(0);
    for (const block of functions) this.lines.push(`${docText(this.printer.block(block))};`);
    const found = this.lines.splice(0);
    this.model(body);
    const sections = [this.imports(), head, found, this.lines].filter((some) => some.length > 0);
    return `${this.header()}\n${sections.map((some) => some.join("\n")).join("\n\n")}\n\nexport default net;\n`;
  }

  private header(): string {
    const { from, weightsFile } = this.options;
    const origin = `Written by svertka from ${commentText(from)}`;
    return weightsFile === undefined
      ? `/** ${origin}. */`
      : `/**\n * ${origin}.\n * Its weights are in ${commentText(weightsFile)}, for --weights.\n */`;
  }

  private imports(): readonly string[] {
    const { used } = this;
    const operator = used.delete("f");
    const plain = (word: string): string => word.replace("type ", "");
    const sorted = [...used].toSorted((a, b) => {
      const kinds = Number(a.startsWith("type ")) - Number(b.startsWith("type "));
      return kinds !== 0 ? kinds : plain(a) < plain(b) ? -1 : 1;
    });
    const line = docText(all(list("import {", sorted, "}"), ` from "svertka";`));
    return operator ? [line, `import { f } from "svertka/operator";`] : [line];
  }

  private declare(wanted: string, value: Doc): string {
    const name = this.identifiers.fresh(wanted);
    this.lines.push(`${docText(all(`const ${name} = `, value))};`);
    return name;
  }

  /** Calls become steps; weights and constants that the model declares are written at once, and shared layers, too. */
  private body(): Body {
    const { graph, printer, operands } = this;
    const shapes = new Map<string, InputShape>();
    for (const { value, shape } of graph.inputs) shapes.set(value, { shape, isParam: false });
    for (const call of graph.calls) {
      const isParam = call.inputs.every((value) => shapes.get(value)?.isParam === true);
      shapes.set(call.value, { shape: call.shape, isParam });
      if (isParam) operands.set(call.value, this.tensor(call));
    }
    const plain = plainCalls(graph.calls, (call) => call.inputs.flatMap((value) => shapes.get(value) ?? []));
    const shared = sharedPaths(graph);
    const holders = new Map<string, string>();
    const making: Making = {
      operandOf: (value) => operands.get(value),
      stepOf: (call): Step => {
        const own = plain.get(call);
        if (call.arguments !== undefined || own === undefined)
          return { kind: "operation", call, operands: call.inputs.map((value) => operands.get(value)) };
        const step = layerStep(own, printer.use);
        if (!shared.has(call.name)) return step;
        const name =
          holders.get(call.name) ??
          this.declare(
            this.ownName(call) ?? `shared${call.word.charAt(0).toUpperCase()}${call.word.slice(1)}`,
            printer.shared(step),
          );
        holders.set(call.name, name);
        return { kind: "shared", call, name };
      },
    };
    return bodyOf(graph, making);
  }

  /** A constant for a tensor without a batch axis. */
  private tensor(call: LayerCall): string {
    const { printer } = this;
    const inputs = call.inputs.map((value) => this.operands.get(value) ?? "");
    if (call.word !== "parameter")
      return this.declare(call.word === "tensor" ? "table" : "weight", printer.call(call, inputs));
    const [shape, options] = (call.arguments ?? []).map((one) => ("value" in one ? one.value : undefined));
    const given = { ...(typeof options === "object" ? options : {}), ...(call.frozen ? { trainable: false } : {}) };
    const told = { ...call, arguments: [{ value: shape }, { value: given }] };
    return this.declare(this.ownName(call) ?? "weight", printer.call(told, []));
  }

  /** A layer's own name as an identifier; undefined for one that svertka gave it. */
  private ownName({ name, word }: LayerCall): string | undefined {
    const last = name.split("/").at(-1) ?? "";
    const plain = word.replace("ops.", "");
    const isAutomatic = last === plain || (last.startsWith(`${plain}_`) && /^_\d+$/.test(last.slice(plain.length)));
    return isAutomatic ? undefined : inCamelCase(last);
  }

  /** What a constant for a layer's value is called: as the output that it is, by its own name, or by its place. */
  private nameFor(call: LayerCall): string {
    const output = this.graph.outputs.find(({ value }) => value === call.value && value !== undefined);
    const own = (output?.name === "output" ? undefined : inCamelCase(output?.name ?? "")) ?? this.ownName(call);
    if (own !== undefined) return own;
    this.stages++;
    return this.stages === 1 ? "stem" : `stage${this.stages}`;
  }

  private model(body: Body): void {
    const { graph, printer } = this;
    const isLong = graph.calls.length > shortChain;
    const scope: Scope = {
      names: new Map(),
      declare: (wanted, value) => this.declare(wanted, value),
      nameFor: (call) => this.nameFor(call),
      isStage: (steps, next) => {
        const last = steps.at(-1);
        return isLong && steps.length >= leastStage && last !== undefined && shrinks(last, next);
      },
    };
    const reads = new Map<string, number>();
    for (const value of references(body)) reads.set(value, (reads.get(value) ?? 0) + 1);
    for (const one of graph.inputs) this.input(one, reads.get(one.value) === 1, scope);
    for (const { value, tree } of body.locals) scope.names.set(value, printer.held(tree, scope));
    const outputs = body.results.map((tree) => printer.tree(tree, scope));
    printer.use("model");
    const [only] = outputs;
    const isPlain =
      outputs.length === 1 &&
      graph.outputs[0]?.name === "output" &&
      graph.inputs.every(({ value }) => reads.has(value));
    const made =
      isPlain && only !== undefined && graph.inputs.length === 1
        ? list("model(", [only], ")")
        : list(
            "model({",
            [
              this.ends(
                "inputs",
                graph.inputs,
                graph.inputs.map(({ value }) => scope.names.get(value) ?? ""),
              ),
              this.ends("outputs", graph.outputs, outputs),
            ],
            "})",
          );
    this.lines.push(`${docText(all("export const net = ", made))};`);
  }

  private ends(key: string, named: readonly { readonly name: string }[], values: readonly Doc[]): Doc {
    const shown = named.map(({ name }, i) => {
      const value = values[i] ?? "";
      return value === keyText(name) ? value : all(`${keyText(name)}: `, value);
    });
    return all(`${key}: `, list("{", shown, "}"));
  }

  /** An input, as a constant where it is not read in one place only. */
  private input({ name, value, shape }: LayerGraph["inputs"][number], isReadOnce: boolean, scope: Scope): void {
    const { graph, printer } = this;
    const isOnly = graph.inputs.length === 1 && graph.outputs.length === 1 && graph.outputs[0]?.name === "output";
    printer.use("input");
    const options = name === "input" && isOnly ? [] : [all("{ name: ", stringText(name), " }")];
    const doc = list("input(", [literal(shape, printer.use), ...options], ")");
    scope.names.set(value, isOnly && isReadOnce ? docText(doc) : this.declare(inCamelCase(name) ?? "image", doc));
  }
}

/** The values that a body's trees begin with, also inside regions. */
const references = (body: Body): readonly string[] => treesOf(body).flatMap(referencesOf);
const referencesOf = ({ start, steps: [first] }: Tree): readonly string[] => {
  if (start.kind === "merge") return start.inputs.flatMap(referencesOf);
  // A value that forks is read by each branch.
  const forks = first?.kind === "region" && skipOf(first.body) === undefined;
  return forks ? [start.value, start.value] : [start.value];
};
