import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { openCutProxy } from "../cut-proxy.ts";
import { eventually, RawHubClient } from "../hub-client.ts";
import { startStack } from "../stack.ts";
import { type Reader, resumeColumns } from "./columns.ts";
import { type Absence, away, resumeRows, type World } from "./rows.ts";

// One rule for all: a full replay, or an explicit resync; never a part.

let world: World;
const readers: Reader[] = [];

beforeAll(async () => {
  const stack = await startStack();
  world = { stack, otherUrl: (await stack.another()).url };
});
afterAll(() => world.stack.close());

describe.each(resumeRows)("$name", ({ prepare }) => {
  let absence: Absence;

  beforeAll(async () => {
    absence = await prepare(world);
  });
  afterAll(async () => {
    await Promise.all(readers.splice(0).map((reader) => reader.close()));
  });

  test.each(resumeColumns)("$name", async ({ open, order, goesOn }) => {
    const { url, token, since, expected, send } = absence;
    const reader = await open({ url, tenantId: absence.tenant.tenantId, token, since });
    readers.push(reader);
    const ids = () => {
      const told = reader.heard.map(({ id }) => id);
      const chats = new Set(reader.heard.map(({ chatId }) => chatId)).size;
      return order === "chat" && chats > 1 ? told.toSorted() : told; // ids are made in the order of sending
    };
    if (typeof expected !== "string") {
      await send();
      await eventually(() => expect(ids().length).toBeGreaterThanOrEqual(expected.length));
      expect({ heard: ids(), resyncs: reader.resyncs }).toEqual({ heard: expected, resyncs: [] });
      expect(new Set(reader.heard.map(({ eventId }) => eventId)).size).toBe(expected.length);
      return;
    }
    await eventually(() => expect(reader.resyncs).toEqual([expected]));
    const live = await send();
    if (goesOn) await eventually(() => expect(ids().length).toBeGreaterThan(0));
    expect({ heard: ids(), resyncs: reader.resyncs }).toEqual({ heard: goesOn ? [live] : [], resyncs: [expected] });
  });
});

// Within the grace of presence and of a stateful connection nobody is told that somebody has gone; after it all are. What was missed
// comes whole either way.
describe.each([
  { name: "0.5 s", ms: 500, state: "online" },
  { name: "60 s", ms: 60_000, state: "offline" },
])("gone for $name, by a fake clock", ({ ms, state }) => {
  let absence: Absence;
  let watcher: RawHubClient;
  let passed = 0;

  beforeAll(async () => {
    absence = await away(world, `gone-${ms}`);
    watcher = await RawHubClient.open(`${absence.tenant.url}/hub?events=Presence`, await absence.tenant.token("ada"));
    const real = Date.now.bind(Date);
    vi.spyOn(Date, "now").mockImplementation(() => real() + passed);
  });
  afterAll(() => {
    vi.restoreAllMocks();
    watcher.socket.terminate();
  });

  const place = () => ({ url: absence.url, tenantId: absence.tenant.tenantId, token: absence.token });
  const connections = () =>
    world.stack.api.realtime
      .connectionsOf(absence.tenant.tenantId)
      .filter(({ principal }) => principal.userId === "rea");
  const offlines = () =>
    watcher.messages.filter((message) => {
      const payload = message.arguments?.[0]?.payload as { userId: string; state: string } | undefined;
      return payload?.userId === "rea" && payload.state === "offline";
    }).length;
  const stateNow = async () => {
    const { body } = await absence.tenant.as("ada")<{ data: { state: string }[] }>("GET", "/presence?userIds=rea");
    return body.data[0]?.state;
  };
  /** Lets the time pass for the node, whose own sweeps see to the rest. */
  const pass = async () => {
    passed += ms / 2;
    if (state === "offline") await eventually(() => expect(connections()).toHaveLength(0));
    passed += ms / 2; // of which a stateful connection has its part first, then its user
    await eventually(async () => expect(await stateNow()).toBe(state));
  };

  test.each(resumeColumns)("$name", async ({ open }) => {
    const before = await open(place());
    const first = await absence.send();
    await eventually(() => expect(before.heard.map(({ id }) => id)).toEqual([first]));
    await eventually(async () => expect(await stateNow()).toBe("online"));
    const told = offlines();
    await before.close();
    await eventually(() => expect(connections()).toHaveLength(0));
    await pass();
    await eventually(() => expect(offlines() - told).toBe(state === "offline" ? 1 : 0));
    const missed = [await absence.send(), await absence.send()];
    const back = await open({ ...place(), since: before.heard[0]?.eventId });
    const live = await absence.send();
    await eventually(() => expect(back.heard.map(({ id }) => id)).toEqual([...missed, live]));
    expect(back.resyncs).toEqual([]);
    expect(offlines() - told).toBe(state === "offline" ? 1 : 0);
    await back.close();
  });

  test.each(["json", "messagepack"])("SignalR, stateful, %s", async (format) => {
    const wire = await openCutProxy(absence.url);
    const heard: string[] = [];
    let since = "";
    const address = () => `${wire.url}/tenant/${absence.tenant.tenantId}/v1/hub?since=${since}`;
    const builder = new HubConnectionBuilder()
      .withUrl(address(), { accessTokenFactory: () => absence.token })
      .withAutomaticReconnect({ nextRetryDelayInMilliseconds: () => 50 })
      .withStatefulReconnect()
      .configureLogging(LogLevel.None);
    if (format === "messagepack") builder.withHubProtocol(new MessagePackHubProtocol());
    const connection = builder.build();
    connection.on("MessagingEvent", ({ type, id, eventId }) => {
      since = eventId ?? since;
      if (type === "Chat") heard.push(id);
      if (type === "Resync") heard.push(type);
    });
    connection.onreconnecting(() => {
      connection.baseUrl = address();
    });
    since = (await absence.tenant.as("rea")<{ nextCursor: string }>("GET", "/events")).body.nextCursor;
    connection.baseUrl = address();
    await connection.start();
    const id = connection.connectionId;
    const sent = [await absence.send()];
    await eventually(() => expect(heard).toEqual(sent));
    wire.cut();
    if (state === "online") wire.mend(); // the stock client tries once, at once
    await pass();
    sent.push(await absence.send(), await absence.send());
    wire.mend();
    await eventually(() => expect(heard).toEqual(sent));
    sent.push(await absence.send());
    await eventually(() => expect(heard).toEqual(sent));
    // The same connection goes on, or another one begins where it was.
    expect(connection.connectionId === id).toBe(state === "online");
    await connection.stop();
    await wire.close();
  });
});
