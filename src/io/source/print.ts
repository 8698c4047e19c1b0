/** Bodies, chains and functions as text. */
import { keyText, type Identifiers } from "./identifiers.js";
import { takesOf } from "../../dsl/merge.js";
import * as words from "../../ops/index.js";
import { all, arrow, block, docText, list, type Doc } from "./doc.js";
import { formulaDoc, literal, type Use } from "./literals.js";
import type { Argument } from "../../ops/layer.js";
import type { LayerCall } from "../layers/layer-graph.js";
import {
  areLayers,
  shapeAfter,
  skipOf,
  type Block,
  type Body,
  type LayerStep,
  type OperationStep,
  type Step,
  type Term,
  type Tree,
} from "./terms.js";

/** `pipe` takes nineteen functions; longer ones are cut. */
const mostSteps = 15;

/** A scope in which constants are declared: the module, or a function. */
export interface Scope {
  /** What holds each value. */
  readonly names: Map<string, string>;
  readonly declare: (wanted: string, value: Doc) => string;
  /** What a constant for the value of a layer is called. */
  readonly nameFor: (call: LayerCall) => string;
  /** Whether a long chain may be cut here, so that its parts have names. */
  readonly isStage?: ((steps: readonly Step[], next: Step) => boolean) | undefined;
}

export class Printer {
  constructor(
    readonly use: Use,
    private readonly identifiers: Identifiers,
  ) {}

  private word(word: string): string {
    this.use(word.startsWith("ops.") ? "ops" : word);
    return word;
  }

  private term(term: Term, leaves: readonly string[]): Doc {
    if (term.kind === "text") return term.text;
    return term.kind === "leaf"
      ? (leaves[term.leaf] ?? "")
      : list(
          "[",
          term.items.map((item) => this.term(item, leaves)),
          "]",
        );
  }

  private layer({ call, options, hasOptions, leaves }: LayerStep): Doc {
    const word = this.word(call.word);
    if (!hasOptions) return word;
    let place = 0;
    const shown = options.flatMap(({ name, value, byDefault }) => {
      const count = countLeaves(value);
      const own = leaves.slice(place, place + count);
      place += count;
      if (byDefault !== undefined && byDefault.join() === own.join()) return [];
      const text = this.term(value, leaves);
      return [text === name ? name : all(`${keyText(name)}: `, text)];
    });
    return shown.length === 0 ? `${word}()` : list(`${word}({`, shown, "})");
  }

  /** A layer whose weights are used more than once. */
  shared(step: LayerStep): Doc {
    const [item = ""] = this.items([step]);
    return list(`${this.word("share")}(`, [item], ")");
  }

  private operation({ call, operands }: OperationStep): Doc {
    const texts = operands.map((operand) => operand ?? "value");
    return arrow("(value) =>", this.call(call, texts));
  }

  /** A call of a function of tensors. */
  call(call: LayerCall, inputs: readonly Doc[]): Doc {
    const given = call.arguments;
    if (given !== undefined) {
      const word = this.word(call.word);
      const shown = given.map((one) => this.argument(one, inputs));
      while (shown.length > 0 && shown.at(-1) === "{}") shown.pop();
      return list(`${word}(`, shown, ")");
    }
    const options = Object.entries(call.options).filter(([name, value]) => !(name === "axis" && value === -1));
    const chosen = list(
      "{",
      options.map(([name, value]) => all(`${keyText(name)}: `, literal(value, this.use))),
      "}",
    );
    if (takesOf(Object.entries<unknown>(words).find(([name]) => name === call.word)?.[1]) === "list")
      return options.length === 0
        ? list(`${this.word(call.word)}([`, inputs, "])")
        : list(`${this.word(call.word)}(`, [list("[", inputs, "]"), chosen], ")");
    return options.length === 0
      ? list(`${this.word(call.word)}(`, inputs, ")")
      : all(`${this.word(`${call.word}Of`)}(`, chosen, ")", list("(", inputs, ")"));
  }

  private argument(one: Argument, inputs: readonly Doc[]): Doc {
    if ("input" in one) return inputs[one.input] ?? "";
    if ("inputs" in one)
      return list(
        "[",
        one.inputs.map((input) => inputs[input] ?? ""),
        "]",
      );
    if ("value" in one) {
      const { value } = one;
      return typeof value === "object" && value !== null && !Array.isArray(value) && Object.keys(value).length === 0
        ? "{}"
        : literal(value, this.use);
    }
    this.use("f");
    const variables = inputs.map((_, i) => `x${i}`).join(", ");
    return arrow(`(${variables}) =>`, formulaDoc(one.formula));
  }

  /** Steps as arguments of `pipe`, `sequential`, `residual`; neighbours that are frozen are so together. */
  private items(steps: readonly Step[]): readonly Doc[] {
    const items: Doc[] = [];
    for (let i = 0; i < steps.length;) {
      const step = steps[i];
      if (step === undefined) break;
      let end = i;
      while (steps[end]?.kind === "layer" && steps[end]?.call.frozen === true) end++;
      if (end > i) {
        this.use("frozen");
        const own = steps.slice(i, end).map((one) => this.step(one));
        items.push(list("frozen(", own.length > 1 ? [list(`${this.word("sequential")}(`, own, ")")] : own, ")"));
        i = end;
      } else {
        items.push(this.step(step));
        i++;
      }
    }
    return items;
  }

  private step(step: Step): Doc {
    switch (step.kind) {
      case "layer":
        return this.layer(step);
      case "shared":
        return step.name;
      case "operation":
        return this.operation(step);
      case "call":
        return step.block.parameters.length === 0 ? step.block.name : list(`${step.block.name}(`, step.leaves, ")");
      case "region":
        return this.region(step.body);
    }
  }

  private region(body: Body): Doc {
    const skip = skipOf(body);
    if (skip === undefined) return this.lambda("x", body);
    if (areLayers(skip)) return list(`${this.word("residual")}(`, this.items(skip), ")");
    const [only] = skip;
    const isFunction = skip.length === 1 && only !== undefined && only.kind !== "region";
    return isFunction
      ? list(`${this.word("residualOf")}(`, [this.step(only)], ")")
      : all(
          `${this.word("residualOf")}(`,
          this.lambda("x", { ...body, locals: [], results: [onSelf(body, skip)] }),
          ")",
        );
  }

  private lambda(parameter: string, body: Body): Doc {
    return arrow(
      `(${parameter}) =>`,
      this.functionBody(parameter, (scope) => {
        scope.names.set(body.argument ?? "", parameter);
        return this.body(body, scope);
      }),
    );
  }

  /** What a function of an expression does: an expression, or constants and what is returned. */
  private functionBody(parameter: string, print: (scope: Scope) => Doc): Doc {
    const lines: Doc[] = [];
    const scope: Scope = {
      names: new Map(),
      declare: (_, value) => {
        const name = `${parameter}${lines.length + 1}`;
        lines.push(all(`const ${name} = `, value));
        return name;
      },
      nameFor: () => parameter,
    };
    const result = print(scope);
    return lines.length === 0 ? result : block([...lines, all("return ", result)]);
  }

  /** A body in a scope: its locals are declared, its first result is given. */
  private body(body: Body, scope: Scope): Doc {
    for (const { value, tree } of body.locals) scope.names.set(value, this.held(tree, scope));
    const [result] = body.results;
    return result === undefined ? "" : this.tree(result, scope);
  }

  /** A constant that holds the value of a tree; what is held already keeps its name. */
  held(tree: Tree, scope: Scope): string {
    const doc = this.tree(tree, scope);
    const call = tree.steps.at(-1)?.call ?? (tree.start.kind === "merge" ? tree.start.call : undefined);
    return call === undefined && typeof doc === "string"
      ? doc
      : scope.declare(call === undefined ? "value" : scope.nameFor(call), doc);
  }

  /** A tree as an expression; regions that are no layers become constants before it. */
  tree(tree: Tree, scope: Scope): Doc {
    let value = this.start(tree.start, scope);
    let pending: Step[] = [];
    let last: LayerCall | undefined = tree.start.kind === "merge" ? tree.start.call : undefined;
    const hold = (): string => {
      const doc = this.pipe(value, pending);
      pending = [];
      return typeof doc === "string" ? doc : scope.declare(last === undefined ? "value" : scope.nameFor(last), doc);
    };
    for (const step of tree.steps) {
      if (step.kind === "region" && this.isSpread(step, scope)) {
        scope.names.set(step.body.argument ?? "", hold());
        value = this.body(step.body, scope);
      } else {
        if (pending.length >= mostSteps || scope.isStage?.(pending, step) === true) value = hold();
        pending.push(step);
      }
      last = step.call;
    }
    return this.pipe(value, pending);
  }

  /** Whether a step is written as the expressions that it is made of: a region that is no layer, and in a function any that is none. */
  private isSpread(step: Step, { isStage }: Scope): boolean {
    if (step.kind !== "region") return false;
    const skip = skipOf(step.body);
    return skip === undefined || (isStage === undefined && !areLayers(skip));
  }

  private start(start: Tree["start"], scope: Scope): Doc {
    if (start.kind === "reference") return scope.names.get(start.value) ?? "";
    // Branches are not cut into stages; a merge in a merge is read better under a name.
    const whole = { ...scope, ...(scope.isStage === undefined ? {} : { isStage: () => false }) };
    const data = start.inputs.map((tree) =>
      tree.start.kind === "merge" || tree.steps.some((step) => this.isSpread(step, scope))
        ? this.held(tree, scope)
        : this.tree(tree, whole),
    );
    let next = 0;
    return this.call(
      start.call,
      start.operands.map((operand) => operand ?? data[next++] ?? ""),
    );
  }

  private pipe(value: Doc, steps: readonly Step[]): Doc {
    if (steps.length === 0) return value;
    this.use("pipe");
    return list("pipe(", [value, ...this.items(steps)], ")");
  }

  /** A function that was found: of numbers, and of an expression where it is no layer. */
  block({ name, parameters, steps }: Block): Doc {
    const layers = areLayers(steps);
    const items = layers ? this.items(steps) : [];
    const [only] = items;
    const value =
      layers && items.length === 1 && only !== undefined
        ? only
        : layers
          ? list(`${this.word("sequential")}(`, items, ")")
          : this.onExpression(steps);
    if (parameters.length === 0) return all(`const ${name} = `, value);
    const capital = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
    const types = list(
      `const ${name} = <`,
      parameters.map((one) => `${capital(one)} extends number`),
      ">",
    );
    const given = list(
      "(",
      parameters.map((one) => `${one}: ${capital(one)}`),
      ") =>",
    );
    return arrow(docText(all(types, given)), value);
  }

  private onExpression(steps: readonly Step[]): Doc {
    this.use("type Expr");
    this.use("type Shape");
    const body = this.functionBody("x", (scope) => {
      scope.names.set("the argument", "x");
      return this.tree({ start: { kind: "reference", value: "the argument" }, steps: [...steps] }, scope);
    });
    return arrow("<S extends Shape>(x: Expr<S>) =>", body);
  }

  fresh(wanted: string): string {
    return this.identifiers.fresh(wanted);
  }
}

const countLeaves = (term: Term): number =>
  term.kind === "leaf" ? 1 : term.kind === "list" ? term.items.reduce((sum, item) => sum + countLeaves(item), 0) : 0;

/** Steps on a body's argument. */
const onSelf = ({ argument = "" }: Body, steps: readonly Step[]): Tree => ({
  start: { kind: "reference", value: argument },
  steps: [...steps],
});

/** Whether a step makes the image smaller than it was. */
export const shrinks = (before: Step, after: Step): boolean => {
  const [from, to] = [shapeAfter(before), shapeAfter(after)];
  const size = (shape: readonly (number | null)[]): number =>
    shape.slice(0, -1).reduce<number>((a, b) => a * (b ?? 1), 1);
  return from.length > 1 && size(to) < size(from);
};
