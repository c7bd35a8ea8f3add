import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as node from "wudun-ota/node";
import { type Behaviour, type Correlation, startGateway } from "wudun-ota/simulator";
import { startDemo } from "../../scripts/demo/demo.mjs";
import { startFirmwareHost } from "../../scripts/demo/firmware-host.mjs";
import type { Mosquitto } from "./mosquitto.js";

/** Everything outside the browser that the main job needs. */
export interface Stage {
  /** Where the console is. */
  url: string;
  brokerUrl: string;
  close(): Promise<void>;
}

export const DEVICE = "gateway-1";
export const NEW_VERSION = "1.1.0";
const NAMESPACE = { kind: "wudun", productKey: "demo" } as const;

interface GatewayPlan {
  behaviour?: Behaviour;
  correlation?: Correlation;
}

/** The demonstration as `npm start` runs it, with one gateway. */
export async function stageDemo({ behaviour = "ok", correlation = "none" }: GatewayPlan = {}): Promise<Stage> {
  const demo = await startDemo({ gateways: [behaviour], correlation, port: 0, stepDelayMs: 0 });
  const { url, brokerUrl, close } = demo;
  if (url === undefined || brokerUrl === undefined) throw new Error("the demonstration came without a console");
  return { url, brokerUrl, close };
}

/** The same around a Mosquitto: console, firmware host, and one gateway that logs in as `gateway`. */
export async function stageMosquitto(
  broker: Mosquitto,
  { behaviour = "ok", correlation = "none", password }: GatewayPlan & { password?: string } = {},
): Promise<Stage> {
  const brokerUrl = broker.wsUrl;
  let info: node.DemoInfo | undefined;
  const site = await node.serveConsole({ port: 0, demo: () => info });
  const host = await startFirmwareHost({ node, allows: (origin) => origin === undefined || origin === site.origin });
  const gateway = await startGateway({
    url: broker.tcpUrl,
    namespace: NAMESPACE,
    device: DEVICE,
    behaviour,
    correlation,
    newVersion: NEW_VERSION,
    ...(password !== undefined && { username: "gateway", password }),
  });
  const description = { en: "does as it is told", zh: "照办" };
  info = {
    brokerUrl,
    namespace: NAMESPACE,
    firmwareHost: host.origin,
    devices: [{ device: DEVICE, behaviour, description }],
  };
  return {
    url: site.url,
    brokerUrl,
    async close() {
      await gateway.close();
      await host.close();
      await site.close();
    },
  };
}

/** The console alone, as `wudun-ota console` serves it. */
export function stageConsole(): Promise<{ url: string; close(): Promise<void> }> {
  return node.serveConsole({ port: 0 });
}

/** A firmware image on disk, with its hashes computed by Node. */
export interface Image {
  path: string;
  name: string;
  md5: string;
  sha256: string;
  remove(): Promise<void>;
}

export async function makeImage(bytes = 512 * 1024): Promise<Image> {
  const folder = await mkdtemp(join(tmpdir(), "wudun-ota-image-"));
  const name = "ems_II-1.1.0.bin";
  const path = join(folder, name);
  const content = randomBytes(bytes);
  await writeFile(path, content);
  const hash = (algorithm: string): string => createHash(algorithm).update(content).digest("hex");
  return { path, name, md5: hash("md5"), sha256: hash("sha256"), remove: () => rm(folder, { recursive: true }) };
}
