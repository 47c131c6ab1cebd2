import { type EphemeralType, type EventType, ephemeralTypes, eventTypes, guideKinds } from "../../events.ts";

export type Kinds = ReadonlySet<EventType | EphemeralType>;

/** What a client asks for in the hub's address. Names of query parameters are taken in any letter case. */
export interface HubAddress {
  /** The connection token. */
  id: string | undefined;
  accessToken: string | undefined;
  clientId: string | undefined;
  since: string | undefined;
  /** Whole objects in the events. */
  full: boolean;
  /** Types wanted; undefined means all, positions included. */
  kinds: Kinds | undefined;
  /** The client has a method `AccessToken` that gives a new token before the present one runs out. */
  renews: boolean;
}

const kindsByName = new Map<string, EventType | EphemeralType>(
  Object.entries({ ...eventTypes, ...ephemeralTypes }).map(([kind, { signalr }]) => [
    signalr.toLowerCase(),
    kind as EventType | EphemeralType,
  ]),
);

/** Reads the hub's address. An empty parameter counts as left out; the first of several wins. */
export function readAddress(url: URL): HubAddress {
  const query = readQuery(url);
  return {
    id: query.get("id"),
    accessToken: query.get("access_token"),
    clientId: copyOf(query.get("clientid")),
    since: copyOf(query.get("since")),
    full: query.get("payload")?.toLowerCase() === "full",
    kinds: readKinds(query.get("events")),
    renews: query.get("renew")?.toLowerCase() === "true",
  };
}

/** A part of a string keeps the whole of it alive; these outlive the address, and the token in it. */
function copyOf(text: string | undefined): string | undefined {
  return text && Buffer.from(text).toString();
}

/** Query parameters by lower-case name, without the empty ones. */
export function readQuery(url: URL): Map<string, string> {
  const query = new Map<string, string>();
  for (const [name, value] of url.searchParams) {
    const key = name.toLowerCase();
    if (value !== "" && !query.has(key)) query.set(key, value);
  }
  return query;
}

/** `all`, or a list of SignalR's words. What is unknown in it is ignored; with nothing known in it, it counts as left out. */
function readKinds(list: string | undefined): Kinds | undefined {
  const names = (list ?? "")
    .toLowerCase()
    .split(",")
    .map((name) => name.trim());
  if (names.includes("all")) return undefined;
  const kinds = new Set<EventType | EphemeralType>();
  for (const name of names) {
    const kind = kindsByName.get(name);
    if (kind) kinds.add(kind);
  }
  return kinds.size > 0 ? kinds : guideKinds;
}
