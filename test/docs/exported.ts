/** What the package's doors export, with their docstrings and declarations, read from the sources: what docs/reference is made of. */
import { readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import ts from "typescript-6.0";

const root = join(import.meta.dirname, "..", "..");

export interface Exported {
  readonly name: string;
  /** A type, an interface or a namespace of them; else something that a program can call or read. */
  readonly isType: boolean;
  /** The file that declares it, from the root: `src/ops/conv2d.ts`. */
  readonly file: string;
  /** The declaration without its body. */
  readonly signature: string;
  /** The docstring before `@example`. */
  readonly text: string;
  readonly examples: readonly string[];
}

/** Door to its source: `svertka/train` to `src/train/index.ts`. */
export const doors = (): Readonly<Record<string, string>> => {
  const { exports }: { exports: Record<string, string | { default: string }> } = JSON.parse(
    readFileSync(join(root, "package.json"), "utf8"),
  );
  return Object.fromEntries(
    Object.entries(exports).flatMap(([door, target]) =>
      typeof target === "string"
        ? []
        : [
            [
              door.replace(/^\./, "svertka"),
              target.default.replace("./dist/", "src/").replace(/\.js$/, ".ts"),
            ] as const,
          ],
    ),
  );
};

const options: ts.CompilerOptions = { noLib: true, types: [], target: ts.ScriptTarget.ES2022, noEmit: true };

/** A program of the sources alone: packages are not looked into, which makes it quick. */
const programOf = (files: readonly string[]): ts.Program => {
  const host = ts.createCompilerHost(options, true);
  host.resolveModuleNameLiterals = (literals, from) =>
    literals.map(({ text }) => ({
      resolvedModule: text.startsWith(".")
        ? {
            resolvedFileName: join(dirname(from), text.replace(/\.js$/, ".ts")),
            extension: ts.Extension.Ts,
            isExternalLibraryImport: false,
          }
        : undefined,
    }));
  return ts.createProgram({ rootNames: [...files], options, host });
};

/** A docstring without its stars. */
const withoutStars = (comment: string): string =>
  comment
    .replace(/^\/\*\*/, "")
    .replace(/\*\/$/, "")
    .split("\n")
    .map((line) => line.replace(/^\s*\* ?/, ""))
    .join("\n")
    .trim();

interface Docstring {
  readonly text: string;
  readonly examples: readonly string[];
}

/** The comment at a file's head: the docstring of a namespace (`export * as ops`). */
const headOf = (file: ts.SourceFile): Docstring => {
  const [, head = ""] = /^(\/\*\*[\s\S]*?\*\/)/.exec(file.text) ?? [];
  return { text: withoutStars(head), examples: [] };
};

const docstringOf = (node: ts.Node): Docstring => {
  if (ts.isSourceFile(node)) return headOf(node);
  const comments = ts.getJSDocCommentsAndTags(node).filter(ts.isJSDoc);
  const [text = "", ...examples] = withoutStars(comments.at(-1)?.getText() ?? "").split(/^@example *\n/m);
  return { text: text.trim(), examples: examples.map((example) => example.trimEnd()) };
};

const between = (source: ts.SourceFile, from: number, to: number): string =>
  source.text.slice(from, to).replace(/\s+$/, "");

/** What a file exports by its own words. */
const namesOf = (file: ts.SourceFile): readonly string[] =>
  file.statements.flatMap((statement) => {
    if (ts.isExportDeclaration(statement) && statement.exportClause !== undefined && !statement.isTypeOnly)
      return ts.isNamedExports(statement.exportClause)
        ? statement.exportClause.elements.map(({ name }) => name.text)
        : [];
    if (
      ts.isVariableStatement(statement) &&
      ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
    )
      return statement.declarationList.declarations.map(({ name }) => name.getText());
    return [];
  });

/** A function's or a value's declaration up to its body; a type's whole. */
const signatureOf = (node: ts.Declaration, name: string): string => {
  const source = node.getSourceFile();
  if (ts.isFunctionDeclaration(node)) {
    const end = node.body?.getStart() ?? node.end;
    return between(source, node.getStart(), end)
      .replace(/^export function /, "function ")
      .replace(/;?$/, ";");
  }
  if (ts.isVariableDeclaration(node)) {
    if (node.type !== undefined) return `const ${name}: ${node.type.getText()};`;
    const value = node.initializer;
    if (value !== undefined && ts.isArrowFunction(value))
      return `const ${name} = ${between(source, value.getStart(), value.equalsGreaterThanToken.getStart())};`;
    return `const ${name};`;
  }
  if (ts.isInterfaceDeclaration(node) || ts.isTypeAliasDeclaration(node) || ts.isClassDeclaration(node))
    return node.getText().replace(/^export (declare )?/, "");
  return ts.isSourceFile(node) ? `namespace ${name} // ${namesOf(node).join(", ")}` : name;
};

/** Overloads without the implementation that they share. */
const visible = (declarations: readonly ts.Declaration[]): readonly ts.Declaration[] => {
  const overloads = declarations.filter((node) => !ts.isFunctionDeclaration(node) || node.body === undefined);
  return overloads.length > 0 ? overloads : declarations;
};

const isTypeOnly = (symbol: ts.Symbol): boolean => (symbol.flags & ts.SymbolFlags.Value) === 0;

const exportedOf = (symbol: ts.Symbol, name: string): Exported | undefined => {
  const declarations = symbol.declarations ?? [];
  const [first] = declarations;
  if (first === undefined) return undefined;
  const file = relative(root, first.getSourceFile().fileName);
  const documented = declarations.map((node) => docstringOf(node)).find(({ text }) => text !== "");
  const signature = visible(declarations)
    .map((node) => signatureOf(node, name))
    .join("\n");
  return { name, isType: isTypeOnly(symbol), file, signature, ...(documented ?? { text: "", examples: [] }) };
};

/** Everything that each door exports, by name in order. */
export const exportedByDoor = (): ReadonlyMap<string, readonly Exported[]> => {
  const entries = Object.entries(doors());
  const program = programOf(entries.map(([, file]) => join(root, file)));
  const checker = program.getTypeChecker();
  return new Map(
    entries.map(([door, file]) => {
      const source = program.getSourceFile(join(root, file));
      const module = source === undefined ? undefined : checker.getSymbolAtLocation(source);
      const symbols = module === undefined ? [] : checker.getExportsOfModule(module);
      const found = symbols.flatMap((symbol) => {
        const target = (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
        return exportedOf(target, symbol.name) ?? [];
      });
      return [door, found.toSorted((a, b) => (a.name < b.name ? -1 : 1))];
    }),
  );
};
