/** Mistakes that people and devices make: tests/vectors/mistakes.json. */

import type { DecodeOptions, Kind } from "wudun-ota";
import { bytesOf, expand, only, type Patches, patch, read } from "../vectors/notation.js";

const NOW = 1_763_889_600_000;

interface File {
  bases: Record<Kind, string>;
  mistakes: Vector[];
}

interface Vector {
  name: string;
  base?: Kind;
  patch?: Patches;
  text?: string;
  hex?: string;
  topic?: string;
  kind?: Kind | null;
  maxBytes?: number;
  lenient?: boolean;
  code?: string;
  shown?: string;
}

const keys = "name base patch text hex topic kind maxBytes lenient code shown".split(" ");

export interface Mistake {
  name: string;
  payload: Uint8Array;
  options: DecodeOptions;
  /** What it is the example of in docs/diagnostics.md. */
  code: string | undefined;
}

const { bases, mistakes } = read("mistakes.json") as File;

export const MISTAKES: Mistake[] = mistakes.map((vector) => {
  only(vector, keys);
  return { name: vector.name, payload: payloadOf(vector), options: optionsOf(vector), code: vector.code };
});

function payloadOf({ base, patch: patches = [], text, hex }: Vector): Uint8Array {
  if (hex !== undefined) return Uint8Array.from(Buffer.from(hex, "hex"));
  return bytesOf(expand(base === undefined ? (text ?? "") : patch(bases[base], patches)));
}

function optionsOf({ base, topic, kind, maxBytes, lenient }: Vector): DecodeOptions {
  const known: DecodeOptions = { now: NOW, ...(maxBytes && { maxBytes }), ...(lenient && { lenient }) };
  if (kind) known.kind = kind;
  if (topic !== undefined) known.topic = expand(topic);
  if (topic !== undefined || kind !== undefined) return known;
  if (base === undefined) return { ...known, kind: "result" };
  return { ...known, topic: `v1/wudun/KEY/GW-1/ota/upgrade/${base}` };
}
