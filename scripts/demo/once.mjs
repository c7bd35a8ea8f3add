// The whole job once, without a screen: image → MD5 → command → gateway → two results → verdict.
import { createReadStream } from "node:fs";
import { basename } from "node:path";
import { Readable } from "node:stream";
import { NEW_VERSION, startDemo } from "./demo.mjs";
import { defaultImage } from "./image.mjs";

const SOURCE = "ems_II";
const DEADLINES = { sendTimeoutMs: 10_000, firstResultTimeoutMs: 120_000, finalResultTimeoutMs: 120_000 };
/** For behaviours that end by a deadline, so that this is told within seconds. */
const SHORT = { sendTimeoutMs: 2_000, firstResultTimeoutMs: 4_000, finalResultTimeoutMs: 4_000 };
/** As the gateway correlates nothing here, a result of `skewed-clock` is held back. */
const UNANSWERING = ["silent", "silent-after-prepared", "replies-later", "skewed-clock"];

/**
 * @param {{ firmware?: string, behaviour?: string, say: (step: string, text: string, fields: object) => void }} options
 * @returns {Promise<boolean>} whether the device runs what was expected, and said so
 */
export async function runOnce({ firmware, behaviour = "ok", say }) {
  const { connect } = await import("wudun-ota/client");
  const { buildCommand, hashFirmware } = await import("wudun-ota");
  const deadlines = UNANSWERING.includes(behaviour) ? SHORT : DEADLINES;
  const laterMs = deadlines.firstResultTimeoutMs * 2;
  const demo = await startDemo({ gateways: [behaviour], console: false, stepDelayMs: 0, laterMs });
  try {
    const [{ device }] = demo.devices;
    say("demo", `broker ${demo.brokerUrl}, firmware host ${demo.firmwareHost}, gateway ${device} (${behaviour})`, {
      broker: demo.brokerUrl,
      firmwareHost: demo.firmwareHost,
      device,
      behaviour,
    });
    const name = firmware === undefined ? "demo.img" : basename(firmware);
    const read = () => (firmware === undefined ? Readable.from(defaultImage()) : createReadStream(firmware));
    const image = await hashFirmware(read(), { sha256: true });
    say("hashed", `${name}: ${image.size} bytes, MD5 ${image.md5}, SHA-256 ${image.sha256}`, {
      name,
      size: image.size,
      md5: image.md5,
      sha256: image.sha256,
    });
    const hosted = await upload(`${demo.firmwareHost}/firmware/${encodeURIComponent(name)}`, read());
    if (hosted.md5 !== image.md5) throw new Error("the firmware host received another image than was hashed");
    say("hosted", `the image is at ${hosted.url}`, { url: hosted.url });

    const target = { device, source: SOURCE, downloadUrl: hosted.url, md5: image.md5 };
    for (const { code, path, message } of buildCommand(target).diagnostics) {
      say("warning", `${code}: ${message.en}`, { code, path, message });
    }

    const client = await connect({ url: demo.brokerUrl, namespace: demo.namespace, deadlines });
    try {
      const mqtt = client.protocolVersion === 5 ? "5" : "3.1.1";
      say("connected", `connected as ${client.clientId}, MQTT ${mqtt}`, { clientId: client.clientId, mqtt });
      const upgrade = await client.upgrade({ ...target, expected: { version: NEW_VERSION } });
      for await (const { attempt, entry } of upgrade) {
        say(entry.kind, entry.text.en, { mid: attempt.id, state: entry.after.state, entry });
      }
      const { state, outcome, verification = "unverified", id } = await upgrade.outcome;
      const success = state === "succeeded" && verification === "verified";
      say("outcome", `${success ? "verified success" : `${state}, ${verification}`}; MD5 ${image.md5}`, {
        success,
        state,
        reported: outcome,
        verification,
        mid: id,
        device,
        md5: image.md5,
        size: image.size,
      });
      return success;
    } finally {
      await client.close();
    }
  } finally {
    await demo.close();
  }
}

async function upload(url, body) {
  const response = await fetch(url, { method: "PUT", body, duplex: "half" });
  if (!response.ok) throw new Error(`the firmware host answered ${response.status}: ${await response.text()}`);
  return response.json();
}
