/** Whether this page was served by a demonstration: `demo.json` beside it says so. */
import type { Namespace, Text } from "wudun-ota";
import { create } from "zustand";

export interface Demo {
  brokerUrl: string;
  namespace: Namespace;
  firmwareHost: string;
  devices: { device: string; behaviour: string; description: Text }[];
}

export const useDemo = create<{ demo?: Demo; looked: boolean }>(() => ({ looked: false }));

export async function lookForDemo(): Promise<void> {
  try {
    const response = await fetch("./demo.json", { cache: "no-store" });
    const served = response.ok && response.headers.get("content-type")?.includes("json");
    useDemo.setState({ looked: true, ...(served ? { demo: (await response.json()) as Demo } : {}) });
  } catch {
    useDemo.setState({ looked: true });
  }
}
