/** What is left of the package when its WebAssembly has trapped: all but that one instance. */

import { expect, it } from "vitest";
import { buildCommand, createTracker, md5, OtaError, parseTopic, restoreTracker } from "wudun-ota";
import { watchMemories } from "../support/memories.js";

// before the first call, with which the instance comes that all functions share
const memories = watchMemories();

const topic = "v1/wudun/pk/gw-1/ota/upgrade/command";
/** More than is left of a memory that cannot grow: laying it down there traps. */
const large = "x".repeat(16 << 20);

function opened() {
  const { message } = buildCommand({
    device: "gw-1",
    source: "ems_II",
    downloadUrl: "https://fw.example/ems.bin",
    md5: "0123456789abcdef0123456789abcdef",
  });
  const tracker = createTracker();
  return { tracker, id: tracker.open({ topic, command: message }, 1) };
}

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    return OtaError.is(error) ? error.code : `not an OtaError: ${String(error)}`;
  }
  return "nothing was thrown";
}

it("functions go on with a fresh instance", () => {
  expect(parseTopic(topic).device).toBe("gw-1");
  memories.exhaust();
  expect(codeOf(() => parseTopic(large))).toBe("core-trapped");
  expect(parseTopic(topic).device).toBe("gw-1");
  expect(md5(new Uint8Array())).toBe("d41d8cd98f00b204e9800998ecf8427e");
  // only the memory was in the way
  expect(codeOf(() => parseTopic(large))).toBe("topic-form");
});

it("a tracker says so, and is restored from what it saved; others live on", () => {
  const { tracker, id } = opened();
  const saved = tracker.save();
  memories.exhaust();
  const other = opened();
  expect(codeOf(() => tracker.attempt(large))).toBe("core-trapped");
  for (const call of [() => tracker.counts(), () => tracker.save(), () => tracker.ingest(topic, "{}", { now: 2 })]) {
    expect(codeOf(call)).toBe("core-trapped");
  }
  expect(other.tracker.counts().total).toBe(1);
  const restored = restoreTracker(saved, {}, 2);
  expect(restored.attempt(id)?.state).toBe("unpublished");
  for (const each of [tracker, other.tracker, restored]) each.dispose();
});
