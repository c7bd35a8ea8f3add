import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);

export interface MosquittoOptions {
  /** Password by user name. Without it anybody may connect. */
  users?: Record<string, string>;
  /** The text of an ACL file. Without it everything is allowed. */
  acl?: string;
  /** Sessions and queued messages outlive `restart`. */
  persistence?: boolean;
  /** Lines to add to the configuration. */
  extra?: string[];
  /** Adds a TLS listener; file names. With `ca`, clients must show a certificate that it signed. */
  tls?: { cert: string; key: string; ca?: string };
}

export interface Mosquitto {
  readonly wsUrl: string;
  readonly tcpUrl: string;
  /** Only with `tls`. */
  readonly tlsUrl: string;
  /** What it has logged so far. */
  log(): string;
  /** Ends the process, by default as a crash does. */
  kill(signal?: NodeJS.Signals): Promise<void>;
  /** Starts it again on the same ports with the same configuration. */
  start(): Promise<void>;
  /** Ends it and removes its files. */
  stop(): Promise<void>;
}

/** A real Mosquitto on loopback, with a WebSocket and a TCP listener on ports of its own. */
export async function startMosquitto(options: MosquittoOptions = {}): Promise<Mosquitto> {
  const folder = await mkdtemp(join(tmpdir(), "wudun-ota-mosquitto-"));
  const [ws, tcp, tls] = await threeFreePorts();
  await configure(folder, options, { ws, tcp, tls });
  let running: ChildProcess | undefined;
  let logged = "";

  const broker: Mosquitto = {
    wsUrl: `ws://127.0.0.1:${ws}`,
    tcpUrl: `mqtt://127.0.0.1:${tcp}`,
    tlsUrl: `mqtts://localhost:${tls}`,
    log: () => logged,
    async kill(signal = "SIGKILL") {
      const child = running;
      running = undefined;
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      const gone = new Promise((resolve) => child.once("exit", resolve));
      child.kill(signal);
      await gone;
    },
    async start() {
      const child = spawn("mosquitto", ["-c", join(folder, "mosquitto.conf")], { stdio: ["ignore", "ignore", "pipe"] });
      running = child;
      // A run that is cut short leaves no broker behind.
      const follow = () => child.kill("SIGKILL");
      process.once("exit", follow);
      child.once("exit", () => process.off("exit", follow));
      await new Promise<void>((resolve, reject) => {
        let said = "";
        child.stderr.setEncoding("utf8").on("data", (text: string) => {
          logged += text;
          said += text;
          if (/mosquitto version \S+ running/.test(said)) resolve();
        });
        child.once("error", reject);
        child.once("exit", (code) => reject(new Error(`mosquitto ended with ${code} before it was ready:\n${said}`)));
      });
    },
    async stop() {
      await broker.kill("SIGTERM");
      await rm(folder, { recursive: true, force: true });
    },
  };
  await broker.start();
  return broker;
}

async function configure(
  folder: string,
  { users, acl, persistence = false, tls, extra = [] }: MosquittoOptions,
  ports: { ws: number; tcp: number; tls: number },
): Promise<void> {
  const passwords = join(folder, "passwords");
  await writeFile(passwords, "");
  for (const [name, password] of Object.entries(users ?? {})) {
    await run("mosquitto_passwd", ["-b", passwords, name, password]);
  }
  const lines = [
    // Started as root it would drop to a user that cannot read this folder.
    process.getuid?.() === 0 && "user root",
    "log_dest stderr",
    "log_type all",
    "connection_messages true",
    `allow_anonymous ${!users}`,
    users && `password_file ${passwords}`,
    acl !== undefined && `acl_file ${join(folder, "acl")}`,
    `persistence ${persistence}`,
    // Saved at every change, so that a kill loses nothing.
    persistence && `persistence_location ${folder}/\nautosave_on_changes true\nautosave_interval 1`,
    `listener ${ports.tcp} 127.0.0.1\nprotocol mqtt`,
    // Without socket_domain a WebSocket listener takes every interface.
    `listener ${ports.ws} 127.0.0.1\nsocket_domain ipv4\nprotocol websockets`,
    tls && `listener ${ports.tls} 127.0.0.1\nprotocol mqtt\ncertfile ${tls.cert}\nkeyfile ${tls.key}`,
    tls?.ca !== undefined && `cafile ${tls.ca}\nrequire_certificate true`,
    ...extra,
  ];
  if (acl !== undefined) await writeFile(join(folder, "acl"), `${acl}\n`, { mode: 0o600 });
  await writeFile(join(folder, "mosquitto.conf"), `${lines.filter(Boolean).join("\n")}\n`);
}

/** Ports that were free a moment ago; all are held together, so they differ. */
async function threeFreePorts(): Promise<[number, number, number]> {
  const servers = [createServer(), createServer(), createServer()];
  const ports: number[] = [];
  for (const server of servers) {
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    ports.push(typeof address === "object" && address ? address.port : 0);
  }
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  const [a = 0, b = 0, c = 0] = ports;
  return [a, b, c];
}
