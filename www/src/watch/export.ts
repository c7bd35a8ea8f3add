/** An attempt with its messages as a JSON file. */
import { type Attempt, encode } from "wudun-ota";
import { toBase64 } from "wudun-ota/client";
import { useFeed } from "../store/feed";

export function exportAttempt(attempt: Attempt): void {
  const { messages } = useFeed.getState();
  const heard = attempt.timeline.flatMap(({ resultId }) => {
    const message = resultId === undefined ? undefined : messages.get(resultId);
    if (!message) return [];
    const { topic, at, retained, payload } = message;
    return { resultId, at, topic, retained, text: new TextDecoder().decode(payload), base64: toBase64(payload) };
  });
  const document = {
    exportedAt: new Date().toISOString(),
    attempt,
    command: { topic: attempt.topic, payload: encode(attempt.command) },
    messages: heard,
  };
  save(`wudun-ota-${attempt.device}-${attempt.id}.json`, JSON.stringify(document, undefined, 2));
}

function save(name: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "application/json" }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name.replace(/[^\w.-]/g, "_");
  link.click();
  URL.revokeObjectURL(url);
}
