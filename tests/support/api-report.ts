/** The package's public declarations as text: what docs/api.md holds. */

import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Extractor, ExtractorConfig, ExtractorMessageCategory } from "@microsoft/api-extractor";

const folder = fileURLToPath(new URL("../../pkg", import.meta.url));
const base = fileURLToPath(new URL("../../tsconfig.base.json", import.meta.url));

/** Every entry with its declarations. */
export const ENTRIES = {
  "wudun-ota": "index.d.ts",
  "wudun-ota/slim": "slim.d.ts",
  "wudun-ota/slim/firmware": "firmware/index.d.ts",
  "wudun-ota/slim/tracker": "core/tracker.d.ts",
  "wudun-ota/client": "client/index.d.ts",
  "wudun-ota/schema": "schema/index.d.ts",
  "wudun-ota/simulator": "simulator/index.d.ts",
  "wudun-ota/node": "node/index.d.ts",
};

interface EntryReport {
  /** Each exported declaration. */
  declarations: string[];
  /** Names that these mention and the entry does not export. */
  unexported: string[];
}

/** What one entry exports. */
async function report(declarations: string): Promise<EntryReport> {
  const out = await mkdtemp(join(tmpdir(), "wudun-ota-api-"));
  const entry = join(folder, "dist", declarations);
  const unexported: string[] = [];
  try {
    const config = ExtractorConfig.prepare({
      configObject: {
        projectFolder: folder,
        mainEntryPointFilePath: entry,
        newlineKind: "lf",
        compiler: { overrideTsconfig: { extends: base, compilerOptions: { types: ["node"] }, files: [entry] } },
        apiReport: { enabled: true, reportFolder: out, reportTempFolder: out, reportFileName: "api" },
        docModel: { enabled: false },
        dtsRollup: { enabled: false },
        tsdocMetadata: { enabled: false },
      },
      configObjectFullPath: undefined,
      packageJsonFullPath: join(folder, "package.json"),
    });
    Extractor.invoke(config, {
      localBuild: true,
      messageCallback(message) {
        message.handled = true;
        if (message.messageId === "ae-forgotten-export") {
          unexported.push(/symbol "(\w+?)(?:_\d+)?"/.exec(message.text)?.[1] ?? message.text);
        } else if (message.category === ExtractorMessageCategory.Compiler) {
          throw new Error(`${declarations}: ${message.text}`);
        }
      },
    });
    const text = await readFile(join(out, "api.api.md"), "utf8");
    const [, code = ""] = /^```ts\n(.*?)^```$/ms.exec(text) ?? [];
    return { declarations: declarationsOf(code), unexported };
  } finally {
    await rm(out, { recursive: true, force: true });
  }
}

function declarationsOf(code: string): string[] {
  return (
    code
      .split("\n\n")
      .map((block) => block.replaceAll(/\b(\w+)_2\b/g, "$1")) // as it is named where it is declared
      .map((block) => block.replace(/^\s*\/\/ (@public.*|\(undocumented\)|Warning: .*)\n/gm, "").trim())
      .map((block) => block.replaceAll(/^export \{.*\}$/gm, "").trim())
      .filter((block) => !/^(import|$|\/\/ \(No @)/.test(block))
      // one whose name collides with a global is exported in a line of its own
      .map((block) => block.replace(/^(?!export )/, "export "))
  );
}

/** What every entry exports. */
export async function reportAll(): Promise<Map<string, EntryReport>> {
  const all = new Map<string, EntryReport>();
  for (const [entry, declarations] of Object.entries(ENTRIES)) all.set(entry, await report(declarations));
  return all;
}
