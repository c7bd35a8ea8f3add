/** Rooms live behind the hash, so that the console works under any path and needs no server. */
import { useSyncExternalStore } from "react";

export const ROOMS = ["connect", "firmware", "compose", "watch"] as const;
export type Room = (typeof ROOMS)[number];

/** What the watch room shows: `#/watch`, `#/watch/messages`, `#/watch/connection`. */
export const WATCH_VIEWS = ["attempts", "messages", "connection"] as const;
type WatchView = (typeof WATCH_VIEWS)[number];

export interface Route {
  room: Room;
  view: WatchView;
  /** The upgrade in sight: `#/watch/MID`. */
  attempt?: string;
}

function parseRoute(hash: string): Route {
  const [name, rest] = hash.replace(/^#\/?/, "").split("/");
  const room = ROOMS.find((one) => one === name) ?? "connect";
  const view = WATCH_VIEWS.find((one) => one === rest);
  if (room !== "watch" || !rest || view) return { room, view: view ?? "attempts" };
  return { room, view: "attempts", attempt: rest };
}

export const hrefOf = (room: Room, rest?: string) => (rest ? `#/${room}/${rest}` : `#/${room}`);

export function go(room: Room, rest?: string): void {
  location.hash = hrefOf(room, rest);
}

function subscribe(listener: () => void): () => void {
  addEventListener("hashchange", listener);
  return () => removeEventListener("hashchange", listener);
}

export function useRoute(): Route {
  return parseRoute(useSyncExternalStore(subscribe, () => location.hash));
}
