// Messages as gateways send them, all different, from a fixed seed.

/** @param {number} seed */
function random(seed) {
  let state = seed;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

/** @param {number} seed */
function makers(seed) {
  const next = random(seed);
  const hex = (/** @type {number} */ digits) =>
    Array.from({ length: digits }, () => Math.floor(next() * 16).toString(16)).join("");
  const uuid = () => [8, 4, 4, 4, 12].map(hex).join("-");
  const number = (/** @type {number} */ below) => Math.floor(next() * below);
  const version = () => `v${number(4)}.${number(20)}.${number(100)}`;
  return { hex, uuid, number, version };
}

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/**
 * A payload as it came, on its topic.
 * @typedef {{ kind: "command" | "result", topic: string, bytes: Uint8Array }} Sample
 */

/**
 * @param {"command" | "result"} kind
 * @param {string} device
 * @param {string} text
 * @returns {Sample}
 */
const sample = (kind, device, text) => ({
  kind,
  // One piece, as a client gives it, and not joined from several.
  topic: decoder.decode(encoder.encode(`v1/wudun/plant-7/${device}/ota/upgrade/${kind}`)),
  bytes: encoder.encode(text),
});

const write = (/** @type {object} */ message) => JSON.stringify(message);

/** @param {object} message */
function escapeAll(message) {
  return write(message).replace(/[^ -~]/g, (unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/**
 * Result messages of about 370 bytes, all different.
 * @param {(message: any) => string} text
 */
function makeResults(text, count = 2_000) {
  const { hex, uuid, number, version } = makers(1);
  return Array.from({ length: count }, () => {
    const device = `gw-${hex(8)}`;
    const wanted = version();
    return sample(
      "result",
      device,
      text({
        mid: uuid(),
        type: "ota_upgrade",
        device_uid: device,
        timestamp: 1_763_889_600_000 + number(86_400_000),
        data: {
          source: "ems_II",
          version: version(),
          target_version: wanted,
          target_commit_sha: hex(12),
          final_version: wanted,
          final_commit_sha: hex(40),
          status: 4 + number(3),
        },
        trace_id: uuid(),
      }),
    );
  });
}

export const results = () => makeResults(write);
export const pretty = () => makeResults((message) => JSON.stringify(message, null, 2));
const withNote = (/** @type {object} */ message) => ({ ...message, note: "固件升级完成 ✓" });
export const foreign = () => makeResults((message) => write(withNote(message)));
export const escaped = () => makeResults((message) => escapeAll(withNote(message)));
export const unknown = () =>
  makeResults((message) => write({ ...message, seq: 7, sim: { iccid: "8986", rssi: -71.5, cells: [1, 2, 3] } }));
export const reordered = () => makeResults((message) => write(Object.fromEntries(Object.entries(message).reverse())));
export const partial = () =>
  makeResults(({ data, trace_id: _, ...message }) => write({ ...message, data: { status: data.status } }));
/** A mid without dashes, a timestamp as text, a status that there is not. */
export const broken = () =>
  makeResults((message) =>
    write({
      ...message,
      mid: message.mid.replaceAll("-", ""),
      timestamp: String(message.timestamp),
      data: { ...message.data, status: 9 },
    }),
  );

/** Commands, all different. */
export function commands(count = 2_000) {
  const { hex, uuid, number } = makers(2);
  return Array.from({ length: count }, () => {
    const device = `gw-${hex(8)}`;
    const message = {
      mid: uuid(),
      type: "ota_upgrade",
      device_uid: device,
      timestamp: 1_763_889_600_000 + number(86_400_000),
      data: {
        source: "ems_II",
        download_url: `https://files.example.com/firmware/${hex(8)}/ems.bin?v=${number(100)}`,
        md5_code: hex(32),
      },
      trace_id: uuid(),
    };
    return sample("command", device, write(message));
  });
}
