/** Whether this page was served by a demonstration: `demo.json` beside it says so. */
import type { Namespace, Text } from "wudun-ota";
import { create } from "zustand";
import { useCompose } from "./compose";

export interface Demo {
  brokerUrl: string;
  namespace: Namespace;
  firmwareHost: string;
  /** What gateways report to run after a successful update. */
  newVersion?: string;
  devices: { device: string; behaviour: string; description: Text }[];
}

export const useDemo = create<{ demo?: Demo; looked: boolean }>(() => ({ looked: false }));

export async function lookForDemo(): Promise<void> {
  try {
    const response = await fetch("./demo.json", { cache: "no-store" });
    const served = response.ok && response.headers.get("content-type")?.includes("json");
    if (!served) throw new Error("no demonstration");
    const demo: Demo = await response.json();
    useDemo.setState({ looked: true, demo });
    useCompose.getState().change({ source: "ems_II", version: demo.newVersion ?? "" });
  } catch {
    useDemo.setState({ looked: true });
  }
}
