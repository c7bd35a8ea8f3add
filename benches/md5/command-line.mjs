// The command line beside md5sum of coreutils, each a process from start to end.
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dist } from "../../scripts/lib/paths.mjs";
import { ask } from "../../scripts/lib/run.mjs";

const fileBytes = 48 << 20;
const fileCount = 16;
const rounds = 7;

export async function commandLine() {
  const folder = mkdtempSync(join(tmpdir(), "wudun-ota-bench-"));
  try {
    const bytes = new Uint8Array(fileBytes);
    for (let i = 0; i < fileCount; i++) {
      for (let at = 0; at < fileBytes; at += 997) bytes[at] = at * i;
      writeFileSync(join(folder, `${String(i).padStart(2, "0")}.bin`), bytes);
    }
    const large = join(folder, "large");
    const files = readdirSync(folder).map((name) => join(folder, name));
    writeFileSync(large, new Uint8Array(fileBytes * fileCount).fill(3));
    const cli = join(dist, "cli.js");
    const one = await race([
      ["md5sum, one file", "md5sum", [large]],
      ["wudun-ota md5, one file", process.execPath, [cli, "md5", large]],
    ]);
    rmSync(large);
    const many = await race([
      [`md5sum, ${fileCount} files`, "md5sum", files],
      [`wudun-ota md5, ${fileCount} files`, process.execPath, [cli, "md5", folder]],
    ]);
    return [...one, ...many];
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function race(contestants) {
  const seconds = contestants.map(() => []);
  let expected;
  for (let round = 0; round <= rounds; round++) {
    for (const [index, [name, program, args]] of contestants.entries()) {
      const started = performance.now();
      const output = await ask(program, args);
      const took = (performance.now() - started) / 1000;
      if (output === undefined && name.startsWith("md5sum")) return [];
      expected ??= output;
      if (output !== expected) throw new Error(`${name} is wrong: ${output}`);
      // The first round warms the page cache.
      if (round > 0) seconds[index].push(took);
    }
  }
  return contestants.map(([name], index) => {
    const ratios = seconds[index].map((took, round) => seconds[0][round] / took).sort((a, b) => a - b);
    const at = (part) => ratios[Math.floor((ratios.length - 1) * part)];
    const sorted = seconds[index].toSorted((a, b) => a - b);
    const rate = (fileBytes * fileCount) / 1e6 / sorted[Math.floor(sorted.length / 2)];
    return { name, rate, ratio: at(0.5), low: at(0.25), high: at(0.75) };
  });
}
