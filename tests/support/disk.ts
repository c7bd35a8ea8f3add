/**
 * What a power failure may leave of a folder: watches everything that is done to it, and gives the folders that may
 * be found afterwards. Nothing here stands in for the file system: it all really happens, and is written down as well.
 *
 * The rules are those of POSIX at their worst: what a file was told is only sure after `sync` or `datasync` of the
 * file, that a name exists or was changed only after `sync` of the folder. Of what is not sure, any beginning may be
 * there, in the order in which it was done, and a file may have its new length without its new bytes.
 */

import type { FileHandle } from "node:fs/promises";
import { createRequire, syncBuiltinESMExports } from "node:module";
import { basename, dirname } from "node:path";

// the object whose members are the functions: an ES module's own cannot be replaced
const fs: typeof import("node:fs/promises") = createRequire(import.meta.url)("node:fs/promises");

interface Step {
  /** The file's bytes after the step. */
  bytes: Buffer;
}

class Inode {
  sure: Buffer = Buffer.alloc(0);
  /** What was done since, oldest first. */
  pending: Step[] = [];

  get now(): Buffer {
    return this.pending.at(-1)?.bytes ?? this.sure;
  }

  change(bytes: Buffer): void {
    this.pending.push({ bytes });
  }

  sync(): void {
    this.sure = this.now;
    this.pending = [];
  }
}

type Names = ReadonlyMap<string, Inode>;

/** A folder as it may be found: the bytes of each file. */
export type Image = ReadonlyMap<string, Buffer>;

export interface WatchedFolder {
  /** What may be found if the power failed now. */
  images(): Generator<Image>;
  /** Called before and after every operation on the folder. */
  onStep: () => void;
  stop(): void;
}

/** Watches the files of `folder`, except those whose name `ignored` fits. */
export function watchFolder(folder: string, ignored: RegExp): WatchedFolder {
  let sure: Names = new Map();
  let pending: Names[] = [];
  const names = () => pending.at(-1) ?? sure;
  const rename = (change: (names: Map<string, Inode>) => void) => {
    const next = new Map(names());
    change(next);
    pending.push(next);
  };
  const watched: WatchedFolder = {
    onStep: () => {},
    stop() {
      Object.assign(fs, original);
      syncBuiltinESMExports();
    },
    *images() {
      for (const list of [sure, ...pending]) yield* imagesOf([...list]);
    },
  };
  const step = async <T>(work: () => Promise<T>, done: () => void): Promise<T> => {
    watched.onStep();
    const result = await work();
    done();
    watched.onStep();
    return result;
  };
  const isOurs = (path: unknown): path is string =>
    typeof path === "string" && dirname(path) === folder && !ignored.test(basename(path));

  function watchFile(file: FileHandle, inode: Inode): void {
    const { appendFile, truncate, datasync, sync } = file;
    file.appendFile = (data, options) =>
      step(
        () => appendFile.call(file, data, options),
        () => inode.change(Buffer.concat([inode.now, Buffer.from(String(data))])),
      );
    file.truncate = (length) =>
      step(
        () => truncate.call(file, length),
        () => inode.change(inode.now.subarray(0, length)),
      );
    file.datasync = () =>
      step(
        () => datasync.call(file),
        () => inode.sync(),
      );
    file.sync = () =>
      step(
        () => sync.call(file),
        () => inode.sync(),
      );
  }

  const original = { open: fs.open, rename: fs.rename, unlink: fs.unlink };
  fs.open = async (path, flags, mode) => {
    const file = await original.open(path, flags, mode);
    if (path === folder) {
      const { sync } = file;
      file.sync = () =>
        step(
          () => sync.call(file),
          () => {
            sure = names();
            pending = [];
          },
        );
    } else if (isOurs(path)) {
      let inode = names().get(basename(path));
      if (inode === undefined) {
        inode = new Inode();
        const made = inode;
        rename((list) => list.set(basename(path), made));
      }
      watchFile(file, inode);
    }
    return file;
  };
  fs.rename = async (from, to) => {
    if (!isOurs(from) || !isOurs(to)) return original.rename(from, to);
    await step(
      () => original.rename(from, to),
      () =>
        rename((list) => {
          const inode = list.get(basename(from));
          if (inode === undefined) throw new Error(`${from} was made unseen`);
          list.delete(basename(from));
          list.set(basename(to), inode);
        }),
    );
  };
  fs.unlink = async (path) => {
    if (!isOurs(path)) return original.unlink(path);
    await step(
      () => original.unlink(path),
      () => rename((list) => list.delete(basename(path))),
    );
  };
  syncBuiltinESMExports();
  return watched;
}

/** Every way in which these files may be found, one file changed at a time: no two are ever unsure at once. */
function* imagesOf(files: [string, Inode][]): Generator<Image> {
  const unsure = files.filter(([, inode]) => inode.pending.length > 0);
  if (unsure.length > 1) throw new Error("two files are unsure at once");
  const [name, inode] = unsure[0] ?? [];
  const others = files.filter(([other]) => other !== name).map(([other, { sure }]): [string, Buffer] => [other, sure]);
  if (name === undefined || inode === undefined) {
    yield new Map(others);
    return;
  }
  for (const bytes of contentsOf(inode)) yield new Map([...others, [name, bytes]]);
}

function* contentsOf({ sure, pending }: Inode): Generator<Buffer> {
  yield sure;
  let before = sure;
  for (const { bytes } of pending) {
    for (let length = before.length + 1; length <= bytes.length; length += 1) yield bytes.subarray(0, length);
    const added = bytes.length - before.length;
    if (added > 0) {
      const kept = before.length;
      for (const from of [0, Math.floor(added / 2)]) {
        // the length is there, and from here on the bytes are not
        yield Buffer.concat([bytes.subarray(0, kept + from), Buffer.alloc(added - from)]);
        // the end is there, and what comes before is not
        yield Buffer.concat([bytes.subarray(0, kept), Buffer.alloc(from + 1), bytes.subarray(kept + from + 1)]);
      }
      // what another file had there before
      yield Buffer.concat([bytes.subarray(0, kept), bytes.subarray(0, added)]);
      yield Buffer.concat([bytes, Buffer.from("\n\n")]);
    } else {
      yield bytes;
    }
    before = bytes;
  }
}
