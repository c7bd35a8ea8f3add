import { type Diagnostic, OtaError, safeBuildCommand } from "../index.js";
import { usage } from "./failure.js";
import { hashFile } from "./files.js";
import { required, type TargetOptions } from "./options.js";
import type { Output } from "./output.js";
import { TEXT } from "./text.js";

/** What is to be installed where, as the options say it, with the MD5 at hand. */
export interface Target {
  device: string;
  subDevice?: string;
  source: string;
  downloadUrl: string;
  md5: string;
  traceId?: string;
}

/** Reads the target options, and the firmware file where the MD5 has to be computed. */
export async function readTarget(output: Output, options: TargetOptions): Promise<Target> {
  const device = required(options.device, "--device");
  const source = required(options.source, "--source");
  const downloadUrl = required(options.url, "--url");
  if (options.md5 === undefined && options.file === undefined) throw usage(TEXT.md5Needed);
  const target = {
    device,
    source,
    downloadUrl,
    ...(options.subDevice === undefined ? {} : { subDevice: options.subDevice }),
    ...(options.traceId === undefined ? {} : { traceId: options.traceId }),
  };
  // Wrong words are found before minutes go into hashing.
  checkTarget({ ...target, md5: options.md5 ?? "0".repeat(32) });
  const md5 = options.md5 ?? (await hashFile(output, options.file ?? "-", false)).md5;
  return { ...target, md5 };
}

/** The warnings about a target; wrong options are wrong usage. */
export function checkTarget(target: Target): Diagnostic[] {
  const built = safeBuildCommand(target);
  if (built.ok) return built.value.diagnostics;
  throw asUsage(built.error);
}

/** What the core has against the words of the command line. */
export function asUsage(error: unknown): unknown {
  return OtaError.is(error) ? usage(error.text, error.diagnostics) : error;
}
