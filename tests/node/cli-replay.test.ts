import { appendFile, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { JournalEntry } from "wudun-ota/client";
import { openFileJournal, readFileJournal } from "wudun-ota/node";
import { jsonLines, runCli } from "../support/cli.js";
import { batches } from "../support/inputs.js";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "wudun-ota-replay-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const id = "00000000-0000-4000-8000-000000000000";

/** The entries of the first upgrade of a sequence, with credentials in its URL. */
function upgrade(): JournalEntry[] {
  const source = batches(5);
  const entries = Array.from({ length: 3 }, () => source.next().value).flat();
  const last = entries.findIndex((entry, index) => index > 1 && entry.t === "open");
  return entries.slice(0, last).map((entry) => {
    if (entry.t !== "open") return entry;
    const data = { ...entry.command.data, download_url: "https://user:s3cretpw@files.example/ems.bin" };
    return { ...entry, command: { ...entry.command, data } };
  });
}

async function journalOf(name: string, entries: JournalEntry[]): Promise<string> {
  const path = join(folder, name);
  const journal = await openFileJournal(path);
  await journal.append(entries);
  await journal.close();
  return path;
}

test("prints what became of every upgrade, in either language, while the journal is being written", async () => {
  const path = await journalOf("open", upgrade());
  const writer = await openFileJournal(path);
  const en = await runCli(["replay", path]);
  expect(en).toMatchObject({ code: 0, err: "" });
  expect(en.out).toContain(`gw-0 / ems_II  ${id}\n`);
  expect(en.out.match(/^\d{4}-\d\d-\d\dT\S+Z {2}\S/gm)?.length).toBeGreaterThanOrEqual(3);
  expect(en.out).toMatch(/\n\d+ entries, 1 upgrade, \d still open\n$/);
  const zh = await runCli(["replay", path, "--lang", "zh"]);
  expect(zh).toMatchObject({ code: 0, err: "" });
  expect(zh.out).toMatch(/\d+ 条记录，1 次升级，其中 \d 次未结束\n$/);
  // the writer has kept its lock
  await writer.append([{ t: "tick", now: 1_900_000_000_000 }]);
  await writer.close();
});

test("gives JSON: a line for every upgrade, and one for the journal", async () => {
  const entries = upgrade();
  const path = await journalOf("json", entries);
  const { code, out, err } = await runCli(["replay", path, "--json"]);
  expect({ code, err }).toEqual({ code: 0, err: "" });
  const [attempt, journal, ...more] = jsonLines(out);
  expect(attempt).toMatchObject({
    type: "attempt",
    attempt: { id, device: "gw-0", command: { data: { download_url: "https://***@files.example/ems.bin" } } },
    explained: expect.arrayContaining([
      { at: expect.any(Number), text: { en: expect.any(String), zh: expect.any(String) } },
    ]),
    message: { en: expect.stringContaining("gw-0"), zh: expect.stringContaining("gw-0") },
  });
  expect(out).not.toContain("s3cretpw");
  expect(journal).toMatchObject({
    type: "journal",
    entries: entries.length,
    torn: 0,
    client: { clientId: expect.stringMatching(/^ota-torture-/) },
    counts: { total: 1 },
  });
  expect(more).toEqual([]);
});

test("leaves out a write that was cut off, says so, and changes nothing", async () => {
  const entries = upgrade();
  const path = await journalOf("torn", entries);
  await appendFile(path, "0123456789abcdef [{");
  const { code, err } = await runCli(["replay", path]);
  expect(code).toBe(0);
  expect(err).toContain("the last 19 bytes are not a whole entry");
  expect(await readFileJournal(path)).toEqual({ entries, torn: 19 });
});

test("refuses what is no journal, what is damaged and what is not there", async () => {
  const path = await journalOf("bad", upgrade());
  const journal = await openFileJournal(path);
  await journal.append([{ t: "sent", now: 1_900_000_000_000, id: "00000000-0000-4000-8000-00000000ffff" }]);
  await journal.close();
  const strange = join(folder, "strange");
  await writeFile(strange, "a shopping list\n");
  for (const [file, code, says] of [
    [path, "journal-failed", "does not follow from those before it"],
    [strange, "journal-foreign", "is no journal of wudun-ota"],
    [join(folder, "absent"), "file", "absent"],
    [folder, "file", ""],
  ] as const) {
    const refused = await runCli(["replay", file, "--json"]);
    expect(refused.code).toBe(1);
    expect(jsonLines(refused.out)).toEqual([{ error: expect.objectContaining({ code }) }]);
    expect(refused.err).toContain(says);
    expect(refused.err).not.toMatch(/\n {4}at /);
  }
  expect((await runCli(["replay"])).code).toBe(2);
});
