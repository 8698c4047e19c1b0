/** Text that breaks where lines grow too long: lists break all or none of their items, arrows break before their body. */

export type Doc = string | List | Arrow | Block | Concatenation;
interface List {
  readonly kind: "list";
  readonly open: string;
  readonly items: readonly Doc[];
  readonly close: string;
}
interface Arrow {
  readonly kind: "arrow";
  readonly head: string;
  readonly body: Doc;
}
/** The body of a function that declares constants. */
interface Block {
  readonly kind: "block";
  readonly statements: readonly Doc[];
}
interface Concatenation {
  readonly kind: "all";
  readonly parts: readonly Doc[];
}

export const list = (open: string, items: readonly Doc[], close: string): Doc => ({ kind: "list", open, items, close });
export const arrow = (head: string, body: Doc): Doc => ({ kind: "arrow", head, body });
export const block = (statements: readonly Doc[]): Doc => ({ kind: "block", statements });
export const all = (...parts: readonly Doc[]): Doc => ({ kind: "all", parts });

const width = 120;
const step = 2;

/** On one line. */
export const flat = (doc: Doc): string => {
  if (typeof doc === "string") return doc;
  switch (doc.kind) {
    case "all":
      return doc.parts.map(flat).join("");
    case "arrow":
      return `${doc.head} ${flat(doc.body)}`;
    case "block":
      // Never on one line: layout looks for the line break.
      return `{\n${doc.statements.map(flat).join("; ")}}`;
    case "list": {
      const inner = doc.items.map(flat).join(", ");
      const pad = doc.open.endsWith("{") && inner !== "" ? " " : "";
      return `${doc.open}${pad}${inner}${pad}${doc.close}`;
    }
  }
};

interface Place {
  readonly indent: number;
  /** Characters on the line before this, and after it. */
  readonly before: number;
  readonly after: number;
}

/** Whether it is a block, or a function that has one. */
const isBlock = (doc: Doc): boolean =>
  typeof doc !== "string" && (doc.kind === "block" || (doc.kind === "arrow" && isBlock(doc.body)));

const lines = (indent: number, text: string): string => `\n${" ".repeat(indent)}${text}`;

/** The characters up to where a line may break again. */
const textAfter = (parts: readonly Doc[]): number => {
  const end = parts.findIndex((part) => typeof part !== "string");
  const own = parts.slice(0, end < 0 ? parts.length : end).reduce((sum, part) => sum + flat(part).length, 0);
  return own + (end < 0 ? 0 : 2);
};

const layout = (doc: Doc, { indent, before, after }: Place): string => {
  const line = flat(doc);
  if (typeof doc === "string" || (before + line.length + after <= width && !line.includes("\n"))) return line;
  switch (doc.kind) {
    case "all": {
      let text = "";
      doc.parts.forEach((part, i) => {
        const rest = textAfter(doc.parts.slice(i + 1));
        const last = text.lastIndexOf("\n");
        const column = last < 0 ? before + text.length : text.length - last - 1;
        text += layout(part, { indent, before: column, after: rest + after });
      });
      return text;
    }
    case "block": {
      const inner = indent + step;
      const own = doc.statements.map((one) =>
        lines(inner, `${layout(one, { indent: inner, before: inner, after: 1 })};`),
      );
      return `{${own.join("")}${lines(indent, "}")}`;
    }
    case "arrow": {
      // A block begins where the arrow ends.
      if (typeof doc.body !== "string" && isBlock(doc.body))
        return `${doc.head} ${layout(doc.body, { indent, before: before + doc.head.length + 1, after })}`;
      const inner = indent + step;
      return doc.head + lines(inner, layout(doc.body, { indent: inner, before: inner, after }));
    }
    case "list": {
      const inner = indent + step;
      const items = doc.items.map((item) =>
        lines(inner, `${layout(item, { indent: inner, before: inner, after: 1 })},`),
      );
      return `${doc.open}${items.join("")}${lines(indent, doc.close)}`;
    }
  }
};

/** The text, in lines of at most 120 characters where its parts can be broken; a semicolon may follow. */
export const docText = (doc: Doc): string => layout(doc, { indent: 0, before: 0, after: 1 });
