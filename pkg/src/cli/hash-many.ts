/** The files that `md5` was given, hashed and told in their order. */

import { statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import type { OtaError, Text } from "../index.js";
import { hashFiles } from "../node/hash-files.js";
import { Failure, failed } from "./failure.js";
import { hashFile, named } from "./files.js";
import type { Output } from "./output.js";
import { startProgress } from "./progress.js";
import { printable } from "./terminal.js";
import { fileProblem, TEXT } from "./text.js";

/** What became of a file. */
export type Told = { file: string; md5: string; sha256?: string; size: number } | { file: string; failure: Failure };

/** Starting threads takes as long as hashing so many bytes without. */
const worthThreads = 32 << 20;

/** Hashes files and `-`, and tells them in their order, each as soon as its turn has come and it is done. */
export async function hashMany(
  output: Output,
  files: readonly string[],
  sha256: boolean,
  tell: (told: Told) => void,
): Promise<void> {
  const sizes = files.map(sizeOf);
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const many = files.filter((file) => file !== "-");
  if (many.length < 2 || total < worthThreads) {
    for (const file of files) tell(await one(output, file, sha256));
    return;
  }

  const done = new Map<number, Told>();
  let told = 0;
  const tellInOrder = () => {
    for (let next = done.get(told); next !== undefined; next = done.get(told)) {
      done.delete(told);
      told += 1;
      tell(next);
    }
  };
  const places = files.flatMap((file, place) => (file === "-" ? [] : [place]));
  const progress = startProgress(output, TEXT.hashingMany(many.length), total);
  try {
    await hashFiles(many, {
      sha256,
      onProgress: ({ bytes }) => progress.at(bytes),
      onResult: (index, result) => {
        const place = places[index] ?? 0;
        const file = many[index] ?? "";
        done.set(place, result.ok ? { file, ...result } : { file, failure: failureOf(file, result.error) });
        tellInOrder();
      },
    });
  } finally {
    progress.end();
  }
  for (const [place, file] of files.entries()) {
    if (file !== "-") continue;
    done.set(place, await one(output, file, sha256));
    tellInOrder();
  }
}

async function one(output: Output, file: string, sha256: boolean): Promise<Told> {
  try {
    return { file, ...(await hashFile(output, file, sha256)) };
  } catch (failure) {
    // Like md5sum: the other files are still hashed.
    if (failure instanceof Failure) return { file, failure };
    throw failure;
  }
}

/** Of what cannot be read, that is told later. */
function sizeOf(file: string): number {
  return file === "-" ? 0 : (statOf(file)?.size ?? 0);
}

/** Not in the background, where it would wait for the compiler. */
function statOf(file: string) {
  try {
    return statSync(file);
  } catch {
    return undefined;
  }
}

function failureOf(file: string, error: OtaError): Failure {
  const problem: Text = fileProblem(error.cause) ?? error.text;
  return failed("file", TEXT.fileProblem(printable(file), problem));
}

/** Files as they are, and in place of a folder all the files in it and below, in the order of their names. */
export async function filesBelow(paths: readonly string[]): Promise<string[]> {
  const files = await Promise.all(
    paths.map(async (path) => {
      const isFolder = path !== "-" && statOf(path)?.isDirectory();
      return isFolder ? named(path, () => filesIn(path)) : [path];
    }),
  );
  return files.flat();
}

async function filesIn(folder: string): Promise<string[]> {
  const entries = await readdir(folder, { withFileTypes: true });
  entries.sort((a, b) => (a.name < b.name ? -1 : 1));
  const files: string[] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) files.push(...(await filesIn(path)));
    else if (entry.isFile()) files.push(path);
  }
  return files;
}
