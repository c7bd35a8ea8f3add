import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Gateway, type GatewayOptions, startGateway } from "wudun-ota/simulator";
import { type Ended, jsonLines, runCli } from "./cli.js";
import { hostFirmware } from "./firmware.js";
import { startMosquitto } from "./mosquitto.js";
import { watchWire } from "./wire.js";

export const USER = "operator";
export const PASSWORD = "corr3ct-h0rse";

/** What the program is run against: a broker with a password, a firmware host, gateways, and an eye on the wire. */
export type Site = Awaited<ReturnType<typeof openSite>>;

export async function openSite() {
  const folder = await mkdtemp(join(tmpdir(), "wudun-ota-cli-"));
  const firmware = join(folder, "ems.bin");
  const host = await hostFirmware();
  await writeFile(firmware, new Uint8Array(await (await fetch(host.url)).arrayBuffer()));
  const broker = await startMosquitto({ users: { [USER]: PASSWORD } });
  const wire = await watchWire(broker.tcpUrl, { username: USER, password: PASSWORD });
  const gateways: Gateway[] = [];

  /** The password, and a folder of our own for the journals. */
  const env = { WUDUN_OTA_PASSWORD: PASSWORD, XDG_STATE_HOME: folder };
  const account = ["--username", USER, "--product-key", "KEY"];
  /** The options that name the broker and a device. */
  const login = (device: string) => ["--broker", broker.wsUrl, ...account, "--device", device];
  /** The options that name the file, and leave no question open. */
  const target = ["--source", "ems_II", "--url", host.url, "--file", firmware, "--yes"];

  return {
    folder,
    firmware,
    host,
    broker,
    wire,
    env,
    login,
    target,
    /** Runs a whole upgrade. */
    upgrade: (device: string, ...more: string[]): Promise<Ended> =>
      runCli(["upgrade", ...login(device), ...target, ...more], { env }),
    /** The commands that went to a device. */
    commandsTo: (device: string): unknown[] => {
      const topic = `v1/wudun/KEY/${device}/ota/upgrade/command`;
      return wire.messages.filter((message) => message.topic === topic).map(({ payload }) => JSON.parse(payload));
    },
    gateway: async (device: string, options: Partial<GatewayOptions> = {}): Promise<void> => {
      const { tcpUrl: url } = broker;
      const namespace = { kind: "wudun", productKey: "KEY" } as const;
      const login = { url, username: USER, password: PASSWORD, namespace };
      gateways.push(await startGateway({ ...login, device, newVersion: "2.4.0", ...options }));
    },
    close: async (): Promise<void> => {
      await Promise.all(gateways.map((gateway) => gateway.close()));
      await wire.close();
      await host.close();
      await broker.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** The last object that was written. */
export function lastOf(output: string): unknown {
  return jsonLines(output).at(-1);
}
