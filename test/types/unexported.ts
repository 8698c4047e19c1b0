/** Types that the declarations of a package's doors mention, and that no door exports: people could not name them. */
import { dirname } from "node:path";
import ts from "typescript-5.9";

const inOptions: ts.CompilerOptions = {
  strict: true,
  module: ts.ModuleKind.NodeNext,
  target: ts.ScriptTarget.ES2022,
  types: ["node"],
  skipLibCheck: true,
};

/** Whether it is for the compiler alone, as `"~node"`. */
const isInternal = (node: ts.Node): boolean =>
  (ts.isPropertySignature(node) || ts.isMethodSignature(node)) && /^["']?~/.test(node.name.getText());

/** What a node names, if it is a use of a name. */
const nameIn = (node: ts.Node): ts.Node | undefined =>
  ts.isTypeReferenceNode(node)
    ? node.typeName
    : ts.isTypeQueryNode(node)
      ? node.exprName
      : ts.isExpressionWithTypeArguments(node)
        ? node.expression
        : ts.isImportTypeNode(node)
          ? node.qualifier
          : undefined;

/** What stages hand to each other: people who train and predict get such values, and pass them on as they are. */
const inside = /\/dist\/(compiler|backends|run\/(compiled-graph|kernel-programs|graph-family)|dsl\/to-graph)\b/;

/**
 * Whether people would name it: a type that a module of ours exports and that is complete as it stands. One with parameters
 * that must be given is a rule, such as `LossFits`, which calls compute and nobody writes.
 */
const isForPeople = (declaration: ts.Declaration): boolean =>
  !inside.test(declaration.getSourceFile().fileName) &&
  (ts.isInterfaceDeclaration(declaration) || ts.isTypeAliasDeclaration(declaration)) &&
  (declaration.modifiers ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword) &&
  (declaration.typeParameters ?? []).every((parameter) => parameter.default !== undefined);

/** `<type> <- <what mentions it>`, each once. */
export const unexported = (doors: readonly string[]): readonly string[] => {
  const program = ts.createProgram([...doors], inOptions);
  const checker = program.getTypeChecker();
  const [first = ""] = doors;
  const root = dirname(first);
  const original = (symbol: ts.Symbol): ts.Symbol =>
    (symbol.flags & ts.SymbolFlags.Alias) === 0 ? symbol : checker.getAliasedSymbol(symbol);
  const exported = new Set<ts.Symbol>();
  const collect = (module: ts.Symbol | undefined): void => {
    for (const one of module === undefined ? [] : checker.getExportsOfModule(module)) {
      const symbol = original(one);
      if (exported.has(symbol)) continue;
      exported.add(symbol);
      // `export * as ops` is a module of its own.
      if ((symbol.flags & ts.SymbolFlags.ValueModule) !== 0) collect(symbol);
    }
  };
  for (const door of doors) {
    const file = program.getSourceFile(door);
    collect(file === undefined ? undefined : checker.getSymbolAtLocation(file));
  }
  const found = new Map<string, string>();
  const visit = (node: ts.Node, owner: string): void => {
    if (isInternal(node)) return;
    const name = nameIn(node);
    const used = name === undefined ? undefined : checker.getSymbolAtLocation(name);
    const symbol = used === undefined ? undefined : original(used);
    const [declaration] = symbol?.declarations ?? [];
    if (
      symbol !== undefined &&
      declaration?.getSourceFile().fileName.startsWith(root) === true &&
      isForPeople(declaration) &&
      !exported.has(symbol)
    )
      found.set(symbol.name, `${symbol.name} <- ${owner}`);
    ts.forEachChild(node, (child) => visit(child, owner));
  };
  for (const symbol of exported) {
    // Operators as values are for `registry`; their attributes are plain data of the graph.
    if (symbol.name.endsWith("Operator") || (symbol.flags & ts.SymbolFlags.ValueModule) !== 0) continue;
    for (const declaration of symbol.declarations ?? []) visit(declaration, symbol.name);
  }
  return [...found.values()].toSorted();
};
