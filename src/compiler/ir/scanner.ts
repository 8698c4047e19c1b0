/** Reads the small words of graph text: numbers, names, strings, attributes. A failed read throws ScanFailure, caught in parse.ts. */
import type { Attribute } from "./graph.js";

/** Carries a sentence from the depth of a recursive read to the one place that turns it into a value. */
export class ScanFailure extends Error {}

const maximalDepth = 64;

/** A cursor over one line. */
export class Scanner {
  private at = 0;
  constructor(private readonly text: string) {}

  /** Takes a match of a sticky pattern after blanks, or nothing. */
  private match(pattern: RegExp): string | undefined {
    while (this.text[this.at] === " ") this.at++;
    pattern.lastIndex = this.at;
    const found = pattern.exec(this.text)?.[0];
    this.at += found?.length ?? 0;
    return found;
  }

  /** Takes this sign when it comes next. */
  takes(sign: string): boolean {
    while (this.text[this.at] === " ") this.at++;
    if (!this.text.startsWith(sign, this.at)) return false;
    this.at += sign.length;
    return true;
  }

  expect(sign: string): void {
    if (!this.takes(sign)) this.fail(`'${sign}'`);
  }

  fail(wanted: string): never {
    throw new ScanFailure(`expected ${wanted} at column ${this.at + 1}`);
  }

  word(): string {
    return this.match(/[A-Za-z_][A-Za-z0-9_]*/y) ?? this.fail("a name");
  }

  integer(): number {
    return Number(this.match(/\d{1,9}/y) ?? this.fail("a number"));
  }

  quoted(): string {
    const found = this.match(/"(?:[^"\\]|\\.)*"/y) ?? this.fail("a quoted name");
    try {
      return String(JSON.parse(found));
    } catch {
      return this.fail("a quoted name");
    }
  }

  rest(): string {
    const rest = this.text.slice(this.at);
    this.at = this.text.length;
    return rest.trim();
  }

  /** Items between brackets, separated by commas. */
  list<A>(open: string, close: string, item: () => A): readonly A[] {
    this.expect(open);
    const items: A[] = [];
    if (this.takes(close)) return items;
    do items.push(item());
    while (this.takes(","));
    this.expect(close);
    return items;
  }

  attribute(depth = 0): Attribute {
    if (depth > maximalDepth) this.fail(`at most ${maximalDepth} levels of attributes`);
    const number = this.match(/-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/y);
    if (number !== undefined)
      return Number.isFinite(Number(number)) ? Number(number) : this.fail("a number that is finite");
    const next = this.text[this.at];
    if (next === '"') return this.quoted();
    if (next === "[") return this.list("[", "]", () => this.attribute(depth + 1));
    if (next === "{") return this.record(depth + 1);
    if (this.takes("true")) return true;
    if (this.takes("false")) return false;
    if (this.takes("null")) return null;
    return this.fail("an attribute");
  }

  /** Keys from a file are only ever own properties of a fresh object: `__proto__` is a name like any other. */
  record(depth = 0): Readonly<Record<string, Attribute>> {
    const entries = this.list("{", "}", (): readonly [string, Attribute] => {
      const key = this.takes('"') ? this.quotedAfterMark() : this.word();
      this.expect(":");
      return [key, this.attribute(depth)];
    });
    return Object.fromEntries(entries);
  }

  private quotedAfterMark(): string {
    this.at--;
    return this.quoted();
  }

  get next(): string {
    while (this.text[this.at] === " ") this.at++;
    return this.text[this.at] ?? "";
  }
}
