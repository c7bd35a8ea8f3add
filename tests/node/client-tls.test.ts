import { readFile } from "node:fs/promises";
import { connect as connectSocket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { afterAll, beforeAll, expect, test } from "vitest";
import { OtaError } from "wudun-ota";
import { connect, type TlsOptions } from "wudun-ota/client";
import { type Certificates, makeCertificates } from "../support/certificates.js";
import { hostFirmware } from "../support/firmware.js";
import { type Mosquitto, startMosquitto } from "../support/mosquitto.js";
import { gateway, namespace, open, request } from "../support/upgrades.js";

let certificates: Certificates;
let broker: Mosquitto;
beforeAll(async () => {
  certificates = await makeCertificates();
  broker = await startMosquitto({ tls: certificates.files });
});
afterAll(async () => {
  await broker.stop();
  await certificates.remove();
});

async function codeOf(tls: TlsOptions): Promise<string> {
  const outcome = await connect({ url: broker.tlsUrl, namespace, tls }).catch((error: unknown) => error);
  if (!OtaError.is(outcome)) throw new Error(`expected an OtaError, got ${String(outcome)}`);
  return outcome.code;
}

test("an upgrade over TLS, with a client certificate", async () => {
  const host = await hostFirmware();
  try {
    await gateway({ url: broker.tcpUrl });
    const client = await open({ url: broker.tlsUrl, tls: { ca: certificates.ca, ...certificates.client } });
    const { outcome } = await client.upgrade(request(host));
    expect(await outcome).toMatchObject({ state: "succeeded", verification: "verified" });
  } finally {
    await host.close();
  }
});

test("an upgrade over a secure WebSocket, with a client certificate", async () => {
  const host = await hostFirmware();
  const front = await tlsFront(certificates, broker.wsUrl);
  try {
    await gateway({ url: broker.wsUrl });
    const client = await open({ url: front.url, tls: { ca: certificates.ca, ...certificates.client } });
    const { outcome } = await client.upgrade(request(host));
    expect(await outcome).toMatchObject({ state: "succeeded", verification: "verified" });
    const untrusted = await connect({ url: front.url, namespace }).catch((error: unknown) => error);
    expect(OtaError.is(untrusted) && untrusted.code).toBe("tls-failed");
  } finally {
    await front.close();
    await host.close();
  }
});

test("a broker whose authority is not trusted", async () => {
  expect(await codeOf({ ...certificates.client })).toBe("tls-failed");
  expect(await codeOf({ ...certificates.client, ca: certificates.stranger.ca })).toBe("tls-failed");
});

test("a client without a certificate, or with a stranger's", async () => {
  expect(await codeOf({ ca: certificates.ca })).toBe("tls-failed");
  const { cert, key } = certificates.stranger;
  expect(await codeOf({ ca: certificates.ca, cert, key })).toBe("tls-failed");
});

test("a key that is none", async () => {
  expect(await codeOf({ ca: certificates.ca, cert: certificates.client.cert, key: "nonsense" })).toBe("tls-failed");
});

test("TLS to a listener that speaks none", async () => {
  const plain = new URL(broker.tcpUrl);
  const outcome = await connect({ url: `mqtts://localhost:${plain.port}`, namespace }).catch((error: unknown) => error);
  expect(OtaError.is(outcome) && ["tls-failed", "connect-refused"].includes(outcome.code)).toBe(true);
});

/** TLS in front of a WebSocket listener, as a reverse proxy would be. */
async function tlsFront({ files }: Certificates, target: string) {
  const [ca, cert, key] = await Promise.all([files.ca, files.cert, files.key].map((file) => readFile(file)));
  const { port, hostname } = new URL(target);
  const sockets: TLSSocket[] = [];
  const server = createServer({ ca, cert, key, requestCert: true, rejectUnauthorized: true }, (socket) => {
    const behind = connectSocket(Number(port), hostname);
    sockets.push(socket);
    socket.on("error", () => behind.destroy());
    behind.on("error", () => socket.destroy());
    socket.pipe(behind).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    url: `wss://localhost:${typeof address === "object" && address ? address.port : 0}/mqtt`,
    close: () => {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(resolve));
    },
  };
}
