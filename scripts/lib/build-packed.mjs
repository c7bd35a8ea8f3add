// The core as the default entry carries it: a text that servers compress as well as the core itself, and a WebAssembly
// of a few hundred bytes that turns it back.
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { wasmTriple } from "../setup.mjs";
import { generated, inRoot } from "./paths.mjs";
import { run } from "./run.mjs";

export const unpackSources = ["pkg/unpack/Cargo.toml", "pkg/unpack/Cargo.lock", "pkg/unpack/src"];

/** Compiles the crate in the folder `source`. Answers with the WebAssembly. */
export async function buildUnpack({ source, target, out }) {
  // It calls nothing.
  const flags = "-Clink-arg=-zstack-size=4096\x1f-Ctarget-feature=+simd128";
  const env = { CARGO_ENCODED_RUSTFLAGS: flags, CARGO_INCREMENTAL: "0" };
  const args = ["build", "--release", "--locked", "--target", wasmTriple, "--target-dir", target];
  await run("cargo", args, { cwd: source, env });
  const compiled = join(target, wasmTriple, "release", "wudun_ota_unpack.wasm");
  const features = ["bulk-memory", "mutable-globals", "nontrapping-float-to-int", "sign-ext", "simd"];
  const strip = ["debug", "producers", "target-features"].map((what) => `--strip-${what}`);
  const options = [...features.map((feature) => `--enable-${feature}`), "-O3", ...strip];
  const file = join(out, "unpack.wasm");
  const optimiser = inRoot("node_modules", "binaryen", "bin", "wasm-opt");
  await run(process.execPath, [optimiser, ...options, compiled, "-o", file]);
  return readFileSync(file);
}

/** Printable, and nothing that JavaScript would escape in any kind of string, or HTML take for a tag. */
const ALPHABET = Array.from({ length: 0x7f - 0x20 }, (_, i) => String.fromCharCode(0x20 + i)).filter(
  (character) => !"\"'`\\$<".includes(character),
);
/** The last two, `}` and `~`: the character behind one stands for a byte that is less frequent. */
const PREFIXES = ALPHABET.slice(-2);
const SINGLES = ALPHABET.slice(0, -2);
const FIRST = 0x20;
const TABLE = 96;

/** A byte as two capitals. */
const halves = (byte) => String.fromCharCode(0x41 + (byte >> 4), 0x41 + (byte & 15));

/**
 * Bytes as a text, a character or two each: so what repeats in them repeats in the text. It begins with tables of what
 * each character stands for, alone, and behind either prefix.
 * @param {Uint8Array} bytes
 */
export function pack(bytes) {
  const counts = new Uint32Array(256);
  for (const byte of bytes) counts[byte]++;
  const byFrequency = [...counts.keys()].sort((one, other) => counts[other] - counts[one] || one - other);
  const rare = byFrequency.splice(SINGLES.length).sort((one, other) => one - other);
  const tables = new Uint8Array(TABLE * (1 + PREFIXES.length));
  const names = [];
  const call = (byte, table, character) => {
    names[byte] = `${table === 0 ? "" : PREFIXES[table - 1]}${character}`;
    tables[TABLE * table + character.charCodeAt(0) - FIRST] = byte;
  };
  for (const [i, byte] of byFrequency.entries()) call(byte, 0, SINGLES[i]);
  for (const [i, byte] of rare.entries()) call(byte, i < ALPHABET.length ? 1 : 2, ALPHABET[i % ALPHABET.length]);
  const text = Array.from(tables, halves).join("") + Array.from(bytes, (byte) => names[byte]).join("");
  return { text, size: bytes.length };
}

/** Writes `packed.js`, from which `pkg/src/core/source.ts` takes both. */
export function writePacked(core, unpack) {
  const made = { ...pack(core), unpacker: Buffer.from(unpack).toString("base64") };
  const lines = Object.entries(made).map(([name, value]) => `export const ${name} = ${JSON.stringify(value)};\n`);
  writeFileSync(join(generated, "packed.js"), lines.join(""));
  const types = Object.entries(made).map(([name, value]) => `export const ${name}: ${typeof value};\n`);
  writeFileSync(join(generated, "packed.d.ts"), types.join(""));
}
