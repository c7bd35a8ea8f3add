import { decode } from "./messages.js";
import { moduleSoon } from "./source.js";

const topic = "v1/wudun/-/-/ota/upgrade/result";
const message =
  '{"mid":"00000000-0000-4000-8000-000000000000","type":"ota_upgrade","device_uid":"-","timestamp":1700000000000,"data":{"status":1}}';

/**
 * Optional: compiles the core without blocking the thread. Everything else does so by itself at first use.
 *
 * @example
 * ```ts
 * import { md5, ready } from "wudun-ota";
 *
 * await ready(); // optional: nothing below waits for the compiler
 * console.log(md5(new Uint8Array()));
 * // d41d8cd98f00b204e9800998ecf8427e
 * ```
 */
export async function ready(): Promise<void> {
  await moduleSoon();
  // Engines compile the parts of it when they come to them: here, not with the first message.
  decode(message, { topic });
}
