/** The chosen file: its hashes, and in a demonstration its way to the firmware host. */
import { type FirmwareHash, hashFirmware, type Text } from "wudun-ota";
import { create } from "zustand";
import { useCompose } from "./compose";
import { oncePerFrame } from "./frames";
import { textOf } from "./text";
import { type Hosted, uploadFirmware } from "./upload";

export interface Progress {
  bytes: number;
  total: number;
  startedAt: number;
}

interface Firmware {
  file?: File;
  hashing?: Progress;
  hash?: FirmwareHash;
  cancelled: boolean;
  error?: Text;
  uploading?: Progress;
  hosted?: Hosted;
  uploadError?: Text;
  choose(file: File, firmwareHost: string | undefined): Promise<void>;
  upload(firmwareHost: string): Promise<void>;
  cancel(): void;
}

let job: AbortController | undefined;

/** A progress callback that touches the store once per frame, and not after its job has ended. */
function reporter(signal: AbortSignal, key: "hashing" | "uploading", total: number) {
  const startedAt = performance.now();
  let bytes = 0;
  const show = oncePerFrame(() => {
    if (!signal.aborted && useFirmware.getState()[key]) {
      useFirmware.setState({ [key]: { bytes, total, startedAt } });
    }
  });
  useFirmware.setState({ [key]: { bytes: 0, total, startedAt } });
  return (done: number) => {
    bytes = done;
    show();
  };
}

export const useFirmware = create<Firmware>((set, get) => ({
  cancelled: false,

  async choose(file, firmwareHost) {
    job?.abort();
    const mine = new AbortController();
    job = mine;
    set({
      file,
      hash: undefined,
      cancelled: false,
      error: undefined,
      uploading: undefined,
      hosted: undefined,
      uploadError: undefined,
    });
    const report = reporter(mine.signal, "hashing", file.size);
    try {
      const hash = await hashFirmware(file, {
        sha256: true,
        signal: mine.signal,
        onProgress: ({ bytes }) => report(bytes),
      });
      if (mine.signal.aborted) return;
      set({ hash, hashing: undefined });
      useCompose.getState().change({ md5: hash.md5 });
    } catch (error) {
      if (!mine.signal.aborted) set({ hashing: undefined, error: textOf(error), file: undefined });
      return;
    }
    if (firmwareHost) await get().upload(firmwareHost);
  },

  async upload(firmwareHost) {
    const { file, hash } = get();
    if (!file || !hash) return;
    job?.abort();
    const mine = new AbortController();
    job = mine;
    set({ hosted: undefined, uploadError: undefined });
    const report = reporter(mine.signal, "uploading", file.size);
    try {
      const hosted = await uploadFirmware(firmwareHost, file, report, mine.signal);
      if (mine.signal.aborted) return;
      set({ hosted, uploading: undefined });
      useCompose.getState().change({ downloadUrl: hosted.url });
    } catch (error) {
      if (!mine.signal.aborted) set({ uploading: undefined, uploadError: textOf(error) });
    }
  },

  cancel() {
    job?.abort();
    const { hash } = get();
    set(
      hash ? { uploading: undefined } : { hashing: undefined, uploading: undefined, file: undefined, cancelled: true },
    );
  },
}));
