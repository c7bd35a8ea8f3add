// A fleet of devices with ids of 20 characters, and what they say, made from numbers: nothing is kept.

export const start = 1_800_000_000_000;

const encoder = new TextEncoder();
const hex = (/** @type {number} */ n, /** @type {number} */ digits) => n.toString(16).padStart(digits, "0");

/** Spreads `n` over 32 bits, each value once. */
const spread = (/** @type {number} */ n) => {
  let x = (n + 0x9e3779b9) | 0;
  x = Math.imul(x ^ (x >>> 16), 0x85ebca6b);
  x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35);
  return (x ^ (x >>> 16)) >>> 0;
};

/** @param {number} kind @param {number} n */
const uuid = (kind, n) => {
  const a = spread(n);
  const b = spread(a ^ kind);
  return `${hex(a, 8)}-${hex(b & 0xffff, 4)}-4${hex(kind & 0xfff, 3)}-8${hex(b >>> 20, 3)}-${hex(n, 12)}`;
};

export const device = (/** @type {number} */ n) => `WD-EMS2-${hex(n % 37, 2)}${String(n).padStart(10, "0")}`;
export const topic = (/** @type {number} */ n, channel = "result") =>
  `v1/wudun/plant-7/${device(n)}/ota/upgrade/${channel}`;
export const midOf = (/** @type {number} */ n) => uuid(1, n);
export const expected = { version: "v2.14.3" };

/** The command of attempt `n`: every device has one, all of one roll-out. */
export const command = (/** @type {number} */ n) =>
  JSON.stringify({
    mid: midOf(n),
    type: "ota_upgrade",
    device_uid: device(n),
    timestamp: start,
    data: {
      source: "ems_II",
      download_url: "https://files.example.com/firmware/ems-II/releases/2.14.3/ems_II-v2.14.3.bin?channel=stable",
      md5_code: "9e107d9d372bb6826bd81d3542a419d6",
    },
  });

/**
 * How a device ties its answer to the command.
 * @typedef {"reply" | "mid" | "subject"} Habit
 */
/** @type {Habit[]} */
const habits = ["reply", "mid", "subject"];
export const habitOf = (/** @type {number} */ n) => habits[n % 3] ?? "subject";

/**
 * A result of device `n`; `status` 2 comes first, then 4, 5 or 6.
 * @param {number} n
 * @param {number} status
 * @param {{ [field: string]: unknown }} [more]
 */
export function result(n, status, more = {}) {
  const habit = habitOf(n);
  return {
    topic: topic(n),
    payload: encoder.encode(
      JSON.stringify({
        mid: habit === "mid" ? midOf(n) : uuid(1 + status, n),
        type: "ota_upgrade",
        device_uid: device(n),
        timestamp: start + 60_000 * status,
        data: {
          source: "ems_II",
          version: "v2.13.9",
          target_version: "v2.14.3",
          target_commit_sha: "k3x9q2m7w1zp",
          ...(status === 2 ? {} : { final_version: "v2.14.3", final_commit_sha: "k3x9q2m7w1zp" }),
          status,
        },
        ...(habit === "reply" ? { reply: midOf(n) } : {}),
        ...more,
      }),
    ),
  };
}

/** `count` numbers below `size`, all different, in no order. */
export function some(/** @type {number} */ count, /** @type {number} */ size) {
  let step = 0x9e3779b1 % size;
  const common = (/** @type {number} */ a, /** @type {number} */ b) => (b === 0 ? a : common(b, a % b));
  while (common(step, size) !== 1) step++;
  return Array.from({ length: count }, (_, i) => Number((BigInt(i) * BigInt(step)) % BigInt(size)));
}
