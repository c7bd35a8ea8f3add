/** The examples in the package's documentation comments. */

import { fileURLToPath } from "node:url";
import ts from "typescript";

const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Example {
  /** The exported function that it is of. */
  name: string;
  entry: string;
  /** The code, or `undefined` where the function has no example. */
  code: string | undefined;
}

/** One for each function that one of the entries exports; what several export is taken once. */
export function examplesOf(entries: Record<string, string>): Example[] {
  const files = Object.entries(entries).map(([entry, file]) => [entry, `${root}pkg/dist/${file}`] as const);
  const program = ts.createProgram(
    files.map(([, file]) => file),
    { module: ts.ModuleKind.NodeNext, target: ts.ScriptTarget.ES2022, types: ["node"], skipLibCheck: true },
  );
  const checker = program.getTypeChecker();
  const found = new Map<ts.Symbol, Example>();
  for (const [entry, file] of files) {
    const source = program.getSourceFile(file);
    const module = source && checker.getSymbolAtLocation(source);
    if (source === undefined || module === undefined) throw new Error(`${file} is not there`);
    for (const exported of checker.getExportsOfModule(module)) {
      const symbol = exported.flags & ts.SymbolFlags.Alias ? checker.getAliasedSymbol(exported) : exported;
      const isValue = (symbol.flags & ts.SymbolFlags.Value) !== 0;
      if (!isValue || checker.getTypeOfSymbolAtLocation(symbol, source).getCallSignatures().length === 0) continue;
      const tag = symbol.getJsDocTags(checker).find(({ name }) => name === "example");
      const [, code] = /^```ts\n(.*?)^```$/ms.exec(ts.displayPartsToString(tag?.text)) ?? [];
      found.set(symbol, found.get(symbol) ?? { name: exported.name, entry, code });
    }
  }
  return [...found.values()];
}

/** What TypeScript, asked strictly, has to say about files. */
export function mistakesIn(files: string[]): string[] {
  const program = ts.createProgram(files, {
    module: ts.ModuleKind.NodeNext,
    target: ts.ScriptTarget.ES2022,
    strict: true,
    noEmit: true,
    types: ["node"],
    typeRoots: [`${root}node_modules/@types`],
  });
  return ts.getPreEmitDiagnostics(program).map(({ file, start = 0, messageText }) => {
    const line = (file?.getLineAndCharacterOfPosition(start).line ?? 0) + 1;
    return `${file?.fileName.split("/").at(-1)}:${line}: ${ts.flattenDiagnosticMessageText(messageText, "\n")}`;
  });
}
