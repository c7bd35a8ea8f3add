// Compiles only when every function of the other entries takes and gives what it should. Nothing here runs.
import type { Server } from "node:http";
import { expectTypeOf } from "expect-type";
import type {
  Attempt,
  CommandMessage,
  FirmwareHash,
  HashManyOptions,
  HashManyResult,
  HashOptions,
  Namespace,
  Tracker,
} from "wudun-ota";
import {
  type Client,
  type ClientEvent,
  type ConnectOptions,
  connect,
  createReplay,
  fromBase64,
  type Journal,
  type JournalClient,
  type JournalEntry,
  type JournalMessage,
  type Replay,
  replayJournal,
  takeSnapshot,
  toBase64,
  type Upgrade,
} from "wudun-ota/client";
import {
  type ConsoleOptions,
  type ConsoleServer,
  type FileJournal,
  hashFile,
  hashFiles,
  isLoopbackHost,
  listen,
  openFileJournal,
  readFileJournal,
  serveConsole,
} from "wudun-ota/node";
import {
  BEHAVIOURS,
  type Behaviour,
  type BehaviourInfo,
  type Gateway,
  type GatewayOptions,
  type GatewayReplies,
  gatewayReplies,
  isBehaviour,
  type ReplyOptions,
  startGateway,
} from "wudun-ota/simulator";
import { init, type WasmSource } from "wudun-ota/slim";

// wudun-ota/slim
expectTypeOf(init).toEqualTypeOf<(wasm: WasmSource) => Promise<void>>();
expectTypeOf<Promise<Response>>().toExtend<WasmSource>();
expectTypeOf<WebAssembly.Module>().toExtend<WasmSource>();
expectTypeOf<Uint8Array<ArrayBuffer>>().toExtend<WasmSource>();

// wudun-ota/client
expectTypeOf(connect).toEqualTypeOf<(options: ConnectOptions) => Promise<Client>>();
expectTypeOf(createReplay).toEqualTypeOf<() => Replay>();
expectTypeOf(replayJournal).toEqualTypeOf<(entries: readonly JournalEntry[]) => Replay>();
expectTypeOf(takeSnapshot).toEqualTypeOf<
  (
    tracker: Tracker,
    client: JournalClient | undefined,
    messages: Iterable<JournalMessage>,
    now: number,
  ) => Promise<JournalEntry[]>
>();
expectTypeOf(toBase64).toEqualTypeOf<(bytes: Uint8Array) => string>();
expectTypeOf(fromBase64).toEqualTypeOf<(value: string) => Uint8Array>();
expectTypeOf<Upgrade["outcome"]>().resolves.toEqualTypeOf<Attempt>();
// @ts-expect-error nowhere to connect to
connect({ namespace: { kind: "user", tenant: "t" } });

/** `type` tells one event from the other. */
export function hears(event: ClientEvent) {
  if (event.type === "attempt") expectTypeOf(event.attempt).toEqualTypeOf<Attempt>();
  if (event.type === "message") expectTypeOf(event.payload).toEqualTypeOf<Uint8Array>();
}

/** `t` tells one entry from the other. */
export function reads(entry: JournalEntry) {
  if (entry.t === "open") expectTypeOf(entry.command).toEqualTypeOf<CommandMessage>();
}

// wudun-ota/simulator
expectTypeOf(startGateway).toEqualTypeOf<(options: GatewayOptions) => Promise<Gateway>>();
expectTypeOf(gatewayReplies).toEqualTypeOf<(command: CommandMessage, options: ReplyOptions) => GatewayReplies>();
expectTypeOf(isBehaviour).guards.toEqualTypeOf<Behaviour>();
expectTypeOf(BEHAVIOURS).toEqualTypeOf<readonly BehaviourInfo[]>();
expectTypeOf<GatewayOptions["namespace"]>().toEqualTypeOf<Namespace>();

// wudun-ota/node
expectTypeOf(hashFile).toEqualTypeOf<(path: string, options?: HashOptions) => Promise<FirmwareHash>>();
expectTypeOf(hashFiles).toEqualTypeOf<
  (paths: Iterable<string>, options?: HashManyOptions) => Promise<HashManyResult[]>
>();
expectTypeOf(openFileJournal).toEqualTypeOf<(name: string) => Promise<FileJournal>>();
expectTypeOf(readFileJournal).toEqualTypeOf<(path: string) => Promise<{ entries: JournalEntry[]; torn: number }>>();
expectTypeOf(serveConsole).toEqualTypeOf<(options?: ConsoleOptions) => Promise<ConsoleServer>>();
expectTypeOf(isLoopbackHost).toEqualTypeOf<(host: string | undefined) => boolean>();
expectTypeOf(listen).toEqualTypeOf<(server: Server, port: number, host: string) => Promise<number>>();
expectTypeOf<FileJournal>().toExtend<Journal>();
