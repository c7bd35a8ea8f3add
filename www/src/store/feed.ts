/** What the screens look at: upgrades, raw messages and connection events, renewed once per frame. */
import type { Text, Tracker } from "wudun-ota";
import { safeParseTopic } from "wudun-ota";
import {
  type Attempts,
  type Client,
  type ClientEvent,
  createReplay,
  fromBase64,
  type JournalEntry,
} from "wudun-ota/client";
import { create } from "zustand";
import { oncePerFrame } from "./frames";
import { onJournalNews, readJournal } from "./journal";
import { textOf } from "./text";

export interface RawMessage {
  topic: string;
  payload: Uint8Array;
  at: number;
  retained: boolean;
}

export interface ConnectionEvent {
  id: number;
  at: number;
  type: "connecting" | "connected" | "reconnecting" | "session-lost" | "warning" | "closed";
  text?: Text;
}

interface Feed {
  /** The upgrades: the client's while connected, otherwise those that the journal tells of. */
  attempts?: Attempts;
  /** Whose journal they come from. */
  scope?: string;
  /** Raw messages by the tracker's result id, the newest `KEPT_MESSAGES`. Changed in place; `revision` tells. */
  messages: Map<number, RawMessage>;
  /** Devices heard of on the topics, sorted. */
  devices: readonly string[];
  events: readonly ConnectionEvent[];
  /** Grows whenever anything above may have changed. */
  revision: number;
}

const KEPT_MESSAGES = 2000;
const KEPT_EVENTS = 200;
const KEPT_DEVICES = 500;

export const useFeed = create<Feed>(() => ({ messages: new Map(), devices: [], events: [], revision: 0 }));

let replayed: Tracker | undefined;
/** Counts what was asked to be shown: only the latest is. */
let showing = 0;
let nextEvent = 1;
let newDevices = new Set<string>();
let newEvents: ConnectionEvent[] = [];

const show = oncePerFrame(() => {
  useFeed.setState((feed) => {
    const devices = newDevices.size > 0 ? [...new Set([...feed.devices, ...newDevices])].sort() : feed.devices;
    const events = newEvents.length > 0 ? [...feed.events, ...newEvents].slice(-KEPT_EVENTS) : feed.events;
    newDevices = new Set();
    newEvents = [];
    return { devices: devices.slice(0, KEPT_DEVICES), events, revision: feed.revision + 1 };
  });
});

function keepMessage(resultId: number | undefined, message: RawMessage): void {
  const device = safeParseTopic(message.topic);
  if (device.ok) newDevices.add(device.value.device);
  if (resultId === undefined) return;
  const { messages } = useFeed.getState();
  messages.set(resultId, message);
  for (const oldest of messages.keys()) {
    if (messages.size <= KEPT_MESSAGES) break;
    messages.delete(oldest);
  }
}

export function noteEvent(type: ConnectionEvent["type"], text?: Text): void {
  newEvents.push({ id: nextEvent++, at: Date.now(), type, ...(text ? { text } : {}) });
  show();
}

/** Takes in what the client says. */
export function takeEvent(event: ClientEvent): void {
  if (event.type === "message") {
    const { topic, payload, at, retained } = event;
    keepMessage(event.decoded.resultId, { topic, payload, at, retained });
  } else if (event.type === "attempt") newDevices.add(event.attempt.device);
  show();
}

/** Shows what the journal tells of, without a connection. */
export async function showJournal(scope: string): Promise<void> {
  const mine = ++showing;
  let entries: JournalEntry[] = [];
  try {
    entries = await readJournal(scope);
  } catch (error) {
    noteEvent("warning", textOf(error));
  }
  if (mine !== showing) return;
  const replay = createReplay();
  try {
    for (const entry of entries) replay.apply(entry);
  } catch (error) {
    // What was readable up to here is shown; connecting says what is wrong, and offers a way on.
    noteEvent("warning", textOf(error));
  }
  const { tracker } = replay;
  useFeed.getState().messages.clear();
  for (const { resultId, now, topic, payload, retained } of replay.messages) {
    keepMessage(resultId, { topic, payload: fromBase64(payload), at: now, retained });
  }
  for (const attempt of tracker.page({ limit: 100 }).attempts) newDevices.add(attempt.device);
  const former = replayed;
  replayed = tracker;
  useFeed.setState({ attempts: tracker, scope });
  show();
  former?.dispose();
}

/** Follows, in a tab that only looks on, what the tab in charge writes. */
export function mirrorJournal(): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = onJournalNews((scope) => {
    clearTimeout(timer);
    timer = setTimeout(() => void showJournal(scope), 200);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

/** Shows the client's own upgrades from now on. */
export function showClient(client: Client): void {
  showing += 1;
  useFeed.setState({ attempts: client.attempts });
  for (const attempt of client.attempts.page({ limit: 100 }).attempts) newDevices.add(attempt.device);
  show();
}
