/** Puts a file on the demonstration's firmware host. XMLHttpRequest, because fetch tells nothing of uploads. */

/** What the host answers: the address, and what it received. */
export interface Hosted {
  url: string;
  size: number;
  md5: string;
  sha256: string;
}

export function uploadFirmware(
  firmwareHost: string,
  file: File,
  onProgress: (bytes: number) => void,
  signal: AbortSignal,
): Promise<Hosted> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("PUT", `${firmwareHost}/firmware/${encodeURIComponent(file.name)}`);
    request.setRequestHeader("content-type", "application/octet-stream");
    request.responseType = "json";
    request.upload.addEventListener("progress", (event) => onProgress(event.loaded));
    request.addEventListener("load", () => {
      if (request.status >= 200 && request.status < 300) resolve(request.response as Hosted);
      else reject(new Error(`HTTP ${request.status} ${request.statusText}`));
    });
    request.addEventListener("error", () => reject(new Error(firmwareHost)));
    request.addEventListener("abort", () => reject(new DOMException("", "AbortError")));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.send(file);
  });
}
