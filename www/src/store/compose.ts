/** The command that is being composed, and what the core says of it. */
import {
  type CommandInput,
  type CommandMessage,
  createTracker,
  type Expected,
  encode,
  type Namespace,
  OtaError,
  safeBuildCommand,
  safeFormatTopic,
  type Text,
  type Tracker,
} from "wudun-ota";
import { create } from "zustand";
import type { Finding } from "../design/Field";

export interface Draft {
  device: string;
  subDevice: string;
  source: string;
  downloadUrl: string;
  md5: string;
  version: string;
  commit: string;
  traceId: string;
}

interface Compose extends Draft {
  /** One operator action, one mid; renewed after sending. */
  mid: string;
  change(change: Partial<Draft>): void;
  renew(): void;
}

/** A random UUID; `crypto.randomUUID` is missing on insecure addresses. */
function randomMid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  bytes[6] = ((bytes[6] ?? 0) & 0x0f) | 0x40;
  bytes[8] = ((bytes[8] ?? 0) & 0x3f) | 0x80;
  const hex = Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}

export const useCompose = create<Compose>((set) => ({
  device: "",
  subDevice: "",
  source: "",
  downloadUrl: "",
  md5: "",
  version: "",
  commit: "",
  traceId: "",
  mid: randomMid(),
  change: (change) => set(change),
  renew: () => set({ mid: randomMid() }),
}));

/** The fields of the form; `diagnostics` of the core find their way by path. */
export type FieldName = keyof Draft;

const FIELD_OF: Record<string, FieldName> = {
  "/device_uid": "device",
  "/sub_device_uid": "subDevice",
  "/data/source": "source",
  "/data/download_url": "downloadUrl",
  "/data/md5_code": "md5",
  "/trace_id": "traceId",
};

export interface Checked {
  topic?: string;
  message?: CommandMessage;
  payload?: string;
  /** Findings by field. */
  fields: Partial<Record<FieldName, Finding[]>>;
  errors: number;
  warnings: number;
}

export function expectedOf(draft: Draft): Expected | undefined {
  const { version, commit } = draft;
  if (!version && !commit) return undefined;
  return { ...(version ? { version } : {}), ...(commit ? { commit } : {}) };
}

export function inputOf(draft: Draft, mid: string, timestamp: number): CommandInput {
  return {
    device: draft.device,
    source: draft.source,
    downloadUrl: draft.downloadUrl,
    md5: draft.md5,
    mid,
    timestamp,
    ...(draft.subDevice ? { subDevice: draft.subDevice } : {}),
    ...(draft.traceId ? { traceId: draft.traceId } : {}),
  };
}

let scratch: Tracker | undefined;

/** Asks a tracker of its own whether the expectation could be opened with this command. */
function checkExpected(topic: string, command: CommandMessage, expected: Expected): Text | undefined {
  scratch ??= createTracker();
  try {
    const id = scratch.open({ topic, command, expected }, command.timestamp);
    scratch.cancel(id, command.timestamp);
    scratch.forget(id);
    return undefined;
  } catch (error) {
    if (OtaError.is(error)) return error.text;
    throw error;
  }
}

/** Everything the core has to say about a draft. */
export function checkDraft(draft: Draft, namespace: Namespace, mid: string, timestamp: number): Checked {
  const built = safeBuildCommand(inputOf(draft, mid, timestamp));
  const formatted = safeFormatTopic({ namespace, device: draft.device, channel: "command" });
  const found = built.ok ? built.value.diagnostics : built.error.diagnostics;
  const checked: Checked = { fields: {}, errors: 0, warnings: 0 };
  const add = (field: FieldName, finding: Finding) => {
    checked.fields[field] = [...(checked.fields[field] ?? []), finding];
    if (finding.severity === "error") checked.errors += 1;
    if (finding.severity === "warning") checked.warnings += 1;
  };
  for (const finding of found) add(FIELD_OF[finding.path] ?? "device", finding);
  if (!formatted.ok && !checked.fields.device) {
    add("device", { code: formatted.error.code, severity: "error", path: "", message: formatted.error.text });
  }
  if (!built.ok || !formatted.ok) {
    checked.errors = Math.max(checked.errors, 1);
    return checked;
  }
  checked.topic = formatted.value;
  checked.message = built.value.message;
  checked.payload = encode(built.value.message);
  const expected = expectedOf(draft);
  const wrong = expected && checkExpected(formatted.value, built.value.message, expected);
  if (wrong) add("commit", { code: "expected", severity: "error", path: "", message: wrong });
  return checked;
}
