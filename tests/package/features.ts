import { fileURLToPath } from "node:url";
import ts from "typescript";

/** MDN's table: features by their path, each with the versions that brought it. */
interface Table {
  [name: string]: Table | undefined;
}
interface Support {
  version_added: string | boolean | null;
  flags?: unknown;
  prefix?: string;
  partial_implementation?: boolean;
}
export interface Feature {
  name: string;
  /** The first version that has it, by engine. */
  since: Record<string, number>;
}

const ENGINES = ["chrome", "firefox", "safari"];
const pkg = fileURLToPath(new URL("../../pkg", import.meta.url));

/** Everything of the platform that the sources for browsers name, as far as the table knows it. */
export function platformFeatures(data: Table): Feature[] {
  const host = { ...ts.sys, onUnRecoverableConfigFileDiagnostic: () => undefined };
  const config = ts.getParsedCommandLineOfConfigFile(`${pkg}/tsconfig.json`, {}, host);
  if (config === undefined) throw new Error("no pkg/tsconfig.json");
  const program = ts.createProgram(config.fileNames, { ...config.options, noEmit: true });
  const checker = program.getTypeChecker();
  const names = new Set<string>();
  const visit = (node: ts.Node): void => {
    if (ts.isIdentifier(node)) {
      for (const declaration of checker.getSymbolAtLocation(node)?.declarations ?? []) {
        if (!/\/lib\.[^/]*\.d\.ts$/.test(declaration.getSourceFile().fileName)) continue;
        const { parent } = declaration;
        names.add(ts.isInterfaceDeclaration(parent) ? `${parent.name.text}.${node.text}` : node.text);
      }
    }
    ts.forEachChild(node, visit);
  };
  for (const source of program.getSourceFiles()) {
    const ours = source.fileName.startsWith(`${pkg}/src/`) && !source.isDeclarationFile;
    if (ours && !/\/src\/(cli|node|generated)\//.test(source.fileName)) visit(source);
  }
  return [...names].sort().flatMap((name) => {
    const since = sinceOf(data, name);
    return since === undefined ? [] : [{ name, since }];
  });
}

function sinceOf(data: Table, name: string): Record<string, number> | undefined {
  const [owner = "", member] = name.replace(/^(\w+)Constructor\b/, "$1").split(".");
  const path = member === undefined ? [owner] : [owner, member];
  const places = [["javascript", "builtins"], ["api"], ["webassembly", "api"], ["api", "Window"]];
  const entries = places.flatMap((place) => [
    [...place, ...path],
    [...place, ...path.slice(0, -1), `${path.at(-1)}_static`],
  ]);
  for (const steps of entries) {
    let at: Table | undefined = data;
    for (const step of [...steps, "__compat", "support"]) at = Object.hasOwn(at ?? {}, step) ? at?.[step] : undefined;
    if (at !== undefined) return Object.fromEntries(ENGINES.map((engine) => [engine, versionOf(at, engine)]));
  }
  return undefined;
}

function versionOf(support: object, engine: string): number {
  const said: Support | Support[] = Reflect.get(support, engine);
  const whole = [said].flat().find((one) => !one.flags && !one.prefix && !one.partial_implementation);
  const version = whole?.version_added;
  return typeof version === "string" ? Number.parseFloat(version.replace("≤", "")) : Number.POSITIVE_INFINITY;
}
