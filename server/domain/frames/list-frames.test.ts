import { HubConnectionBuilder, LogLevel } from "@microsoft/signalr";
import { MessagePackHubProtocol } from "@microsoft/signalr-protocol-msgpack";
import { afterAll, beforeAll, expect, test } from "vitest";
import { eventually, RawHubClient, stockClient } from "../../testing/hub-client.ts";
import { appOf, stockPusher } from "../../testing/pusher-client.ts";
import { type Stack, startStack, type TestTenant } from "../../testing/stack.ts";
import { overWebSocket } from "../../testing/trpc-listener.ts";

interface Frame {
  kind: string;
  protocol?: string;
  connectionId?: string;
  userId?: string;
  bytes?: number;
  text?: string;
  cut?: boolean;
  count?: number;
}

interface Page {
  data: Frame[];
  nextCursor: string;
}

let stack: Stack;
let acme: TestTenant;
let other: TestTenant;
let chatId: string;

beforeAll(async () => {
  stack = await startStack();
  [acme, other] = [await stack.tenant("acme"), await stack.tenant("globex")];
  chatId = (await acme.as("ada")<{ id: string }>("POST", "/Chat", { memberUserIds: ["ben"] })).body.id;
});
afterAll(() => stack.close());

/** Asks as the console does, and keeps what comes. */
class Inspector {
  readonly frames: Frame[] = [];
  private cursor: string | undefined;
  private readonly of: TestTenant;

  constructor(of: TestTenant) {
    this.of = of;
  }

  async ask(wait = 0): Promise<void> {
    const after = this.cursor === undefined ? "" : `after=${this.cursor}&`;
    const { body } = await this.of.key()<Page>("GET", `/admin/frames?${after}wait=${wait}`);
    this.frames.push(...body.data);
    this.cursor = body.nextCursor;
  }

  /** Until what is expected has come. */
  until(expected: (frames: Frame[]) => void): Promise<void> {
    return eventually(async () => {
      await this.ask(1);
      expected(this.frames);
    });
  }
}

const withText = (text: string) => expect.objectContaining({ text: expect.stringContaining(text) });

test("shows what stock clients of every protocol send and get, with secrets masked, and other tenants nothing", async () => {
  const [inspector, elsewhere] = [new Inspector(acme), new Inspector(other)];
  await Promise.all([inspector.ask(), elsewhere.ask()]);
  const hub = stockClient(`${acme.url}/hub`, { token: () => acme.token("ben") });
  await hub.start();
  await hub.invoke("SendMessage", { chatId, content: "over the wire" });
  const made = await hub.invoke("SetTyping", { chatId, apiKey: acme.primaryKey }).catch(() => undefined);
  expect(made).toBeUndefined();
  await inspector.until((frames) => {
    expect(frames).toContainEqual(expect.objectContaining({ kind: "connect", protocol: "signalr", userId: "ben" }));
    expect(frames).toContainEqual(
      expect.objectContaining({ kind: "in", protocol: "signalr", text: expect.stringContaining("over the wire") }),
    );
    expect(frames).toContainEqual(
      expect.objectContaining({ kind: "out", text: expect.stringContaining('"MessagingEvent"') }),
    );
  });
  expect(JSON.stringify(inspector.frames)).not.toContain(acme.primaryKey);

  const trpcToken = await acme.token("ada");
  const trpc = overWebSocket(stack.url, () => ({ token: trpcToken }));
  const heard = trpc.listen({ kinds: ["message.created"] });
  await heard.started;
  await hub.invoke("SendMessage", { chatId, content: "heard by tRPC" });
  await inspector.until((frames) =>
    expect(frames).toContainEqual(
      expect.objectContaining({
        kind: "out",
        protocol: "trpc",
        userId: "ada",
        text: expect.stringContaining("heard by tRPC"),
      }),
    ),
  );
  expect(JSON.stringify(inspector.frames)).not.toContain(trpcToken.slice(0, 40));
  trpc.close();

  await hub.stop();
  await inspector.until((frames) =>
    expect(frames).toContainEqual(expect.objectContaining({ kind: "disconnect", protocol: "signalr", userId: "ben" })),
  );
  await elsewhere.ask(1);
  expect(elsewhere.frames).toEqual([]);
});

test("shows no link that makes somebody an operator, and no secret that is set", async () => {
  const inspector = new Inspector(acme);
  await inspector.ask();
  const hub = stockClient(`${acme.url}/hub`, { token: () => acme.token("root", ["Admin"]) });
  await hub.start();
  const { link } = await hub.invoke<{ link: string }>("InviteOperator", { email: "max@example.com", role: "admin" });
  await hub.invoke("UpdateMailSettings", { postmarkSecret: "hunter2" });
  await hub.stop();
  await inspector.until((frames) => {
    expect(frames).toContainEqual(withText('/invite/•••"'));
    expect(frames).toContainEqual(withText('"postmarkSecret":"•••"'));
  });
  const shown = JSON.stringify(inspector.frames);
  expect(shown).not.toContain(link.split("/invite/")[1]);
  expect(shown).not.toContain("hunter2");
});

test("shows Pusher's frames and MessagePack as JSON", async () => {
  const inspector = new Inspector(acme);
  await inspector.ask();
  const pusher = stockPusher(stack.url, (await appOf(acme)).key);
  pusher.subscribe("public-quay");
  await inspector.until((frames) => {
    expect(frames).toContainEqual(
      expect.objectContaining({ kind: "in", protocol: "pusher", text: expect.stringContaining("public-quay") }),
    );
    expect(frames).toContainEqual(
      expect.objectContaining({ kind: "out", text: expect.stringContaining("connection_established") }),
    );
  });
  pusher.disconnect();
  const packed = new HubConnectionBuilder()
    .withUrl(`${acme.url}/hub`, { accessTokenFactory: () => acme.token("ben") })
    .withHubProtocol(new MessagePackHubProtocol())
    .configureLogging(LogLevel.None)
    .build();
  await packed.start();
  await packed.invoke("SendMessage", { chatId, content: "in a pack" });
  await inspector.until((frames) => {
    expect(frames).toContainEqual(
      expect.objectContaining({ kind: "in", text: expect.stringContaining('"content":"in a pack"') }),
    );
    expect(frames).toContainEqual(
      expect.objectContaining({ kind: "out", text: expect.stringContaining('"MessagingEvent"') }),
    );
  });
  await packed.stop();
});

test("shows frames of another node's sockets, and stops when nobody asks", async () => {
  const node = await stack.another();
  const inspector = new Inspector(acme);
  await inspector.ask();
  const there = acme.url.replace(stack.url, node.url);
  const raw = await RawHubClient.open(`${there}/hub`, await acme.token("ben"));
  await eventually(async () => {
    raw.socket.send(`${JSON.stringify({ type: 6, note: "from the other node" })}\u001e`);
    await inspector.ask(1);
    expect(inspector.frames).toContainEqual(withText("from the other node"));
  });
  raw.socket.terminate();
  await node.api.close();
});

test("shows a bounded part of a flood, and says how much is missing", async () => {
  const inspector = new Inspector(acme);
  await inspector.ask();
  const raw = await RawHubClient.open(`${acme.url}/hub`, await acme.token("ben"));
  for (let n = 0; n < 180; n++) raw.socket.send(`${JSON.stringify({ type: 6, n, pad: "x".repeat(3000) })}\u001e`);
  await inspector.until((frames) => expect(frames).toContainEqual(expect.objectContaining({ kind: "skipped" })));
  const shown = inspector.frames.filter(({ kind }) => kind === "in");
  expect(shown.length).toBeLessThan(160);
  expect(shown.at(-1)).toMatchObject({ cut: true, bytes: expect.any(Number) });
  expect(Math.max(...shown.map(({ text = "" }) => text.length))).toBeLessThanOrEqual(2048);
  raw.socket.terminate();
});

test("refuses users with 403", async () => {
  expect((await acme.as("ada")("GET", "/admin/frames")).status).toBe(403);
});
