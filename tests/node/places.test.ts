/** Pointer and span of a finding mean the same: each is followed without the other. */

import { expect, test } from "vitest";
import { type Diagnostic, safeDecode } from "wudun-ota";
import { Random } from "../support/random.js";
import { misplaced } from "./json/places.js";
import { value } from "./schema/values.js";

const VALUES = 20_000;
const SEED = Number(process.env.SEED ?? 20261124);

/** The value that a JSON Pointer names, if there is one. */
function follow(root: unknown, pointer: string): { value: unknown } | undefined {
  const steps = pointer.split("/").slice(1).map(unescaped);
  return steps.reduce<{ value: unknown } | undefined>(
    (at, step) => {
      const inside = at?.value;
      if (typeof inside !== "object" || inside === null || !Object.hasOwn(inside, step)) return undefined;
      return { value: Reflect.get(inside, step) };
    },
    { value: root },
  );
}

const unescaped = (step: string) => step.replaceAll("~1", "/").replaceAll("~0", "~");

/** What is said about a member has the place of its value, or of its key; about a missing one, that of its object. */
function agree(root: unknown, { code, path }: Diagnostic, part: string): boolean {
  const end = path.lastIndexOf("/");
  const expected = code === "field-missing" ? follow(root, path.slice(0, end)) : follow(root, path);
  if (expected === undefined) return false;
  const meant =
    code.startsWith("field-unknown") || code === "field-misplaced" ? unescaped(path.slice(end + 1)) : expected.value;
  return JSON.stringify(JSON.parse(part)) === JSON.stringify(meant);
}

test(`findings about ${VALUES} values`, () => {
  const random = new Random(SEED);
  let found = 0;
  for (let done = 0; done < VALUES; done++) {
    const kind = random.one(2) ? "command" : "result";
    const topic = random.one(2) ? `v1/wudun/KEY/GW-1/ota/upgrade/${kind}` : undefined;
    const text = JSON.stringify(value(random, kind), null, random.pick(["", "  ", "\r\n", "\t"]));
    for (const payload of [text, Buffer.from(text)]) {
      const read = safeDecode(payload, { kind, topic });
      const { diagnostics } = read.ok ? read.value : read.error;
      expect(misplaced(payload, diagnostics), `seed ${SEED}: ${text}`).toBe(false);
      for (const finding of diagnostics) {
        if (finding.start === undefined) continue;
        found++;
        const part = payload.slice(finding.start, finding.end).toString();
        if (!agree(JSON.parse(text), finding, part)) {
          throw new Error(`${finding.code} at ${finding.path} shows ${part} (seed ${SEED}): ${text}`);
        }
      }
    }
  }
  expect(found).toBeGreaterThan(VALUES);
});
