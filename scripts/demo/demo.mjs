// Everything the demonstration consists of, started in order and ended in reverse.
import { startBroker } from "./broker.mjs";
import { startFirmwareHost } from "./firmware-host.mjs";

export const NAMESPACE = { kind: "wudun", productKey: "demo" };

/** What the eight gateways of the console's demonstration do. */
export const GATEWAYS = [
  "ok",
  "forbidden",
  "download-fails",
  "md5-mismatch",
  "rolls-back",
  "wrong-version",
  "silent-after-prepared",
  "trailing-comma",
];

/** What runs after a successful update. */
export const NEW_VERSION = "1.1.0";

/**
 * Starts broker, firmware host, gateways and, if wanted, the console. The package must have been built.
 *
 * @param {{ gateways?: string[], console?: boolean, port?: number, stepDelayMs?: number, laterMs?: number,
 *   correlation?: "none" | "reply" | "mid" | "trace-id" }} [options] `gateways` are behaviours, one for each gateway
 */
export async function startDemo(options = {}) {
  const {
    gateways = GATEWAYS,
    console: withConsole = true,
    port = 8080,
    stepDelayMs = 700,
    laterMs,
    correlation,
  } = options;
  const node = await import("wudun-ota/node");
  const { BEHAVIOURS, startGateway } = await import("wudun-ota/simulator");
  const started = [];
  const start = async (making) => {
    const part = await making;
    started.push(part);
    return part;
  };
  const close = async () => {
    for (const part of started.splice(0).reverse()) await part.close();
  };
  /** @type {import("wudun-ota/node").DemoInfo | undefined} */
  let info;
  let origins = [];
  const allows = (origin) => origin === undefined || origins.includes(origin);
  try {
    const site = withConsole ? await start(node.serveConsole({ port, demo: () => info })) : undefined;
    if (site !== undefined) origins = [site.origin, site.origin.replace("127.0.0.1", "localhost")];
    const broker = await start(
      startBroker({
        listen: node.listen,
        allows,
        topics: /^v1\/wudun\/demo\/[^/+#]+\/ota\/upgrade\/(command|result)$/,
      }),
    );
    const host = await start(startFirmwareHost({ node, allows }));
    const devices = gateways.map((behaviour, index) => ({ device: `gateway-${index + 1}`, behaviour }));
    for (const [index, { device, behaviour }] of devices.entries()) {
      await start(
        startGateway({
          url: broker.url,
          namespace: NAMESPACE,
          device,
          behaviour,
          correlation,
          seed: index + 1,
          newVersion: NEW_VERSION,
          stepDelayMs,
          laterMs,
          protocolVersion: 4,
        }),
      );
    }
    info = {
      brokerUrl: broker.url,
      namespace: NAMESPACE,
      firmwareHost: host.origin,
      newVersion: NEW_VERSION,
      devices: devices.map((entry) => ({
        ...entry,
        description: BEHAVIOURS.find(({ name }) => name === entry.behaviour)?.description ?? { en: "", zh: "" },
      })),
    };
    return { ...info, url: site?.url, close };
  } catch (error) {
    await close();
    throw error;
  }
}
