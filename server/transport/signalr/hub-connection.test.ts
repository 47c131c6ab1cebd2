import { describe, expect, test } from "vitest";
import { mintTenantId } from "../../auth/principal.ts";
import type { LogEvent } from "../../events.ts";
import { Outgoing } from "../../realtime/subscription.ts";
import { PaperHub, turn } from "../../testing/paper-hub.ts";

const rs = "\u001e";
const tenantId = mintTenantId("acme");
const hello = `{"protocol":"json","version":1}${rs}`;

async function connected(query = "", expiresAt?: number): Promise<PaperHub> {
  const paper = new PaperHub(query, expiresAt);
  paper.says(hello);
  await paper.join();
  paper.said.length = 0;
  return paper;
}

function outgoing(position: number): Outgoing {
  const payload = { id: `m${position}`, chatId: "c1" };
  const event: LogEvent = {
    tenantId,
    position,
    type: "message.created",
    chatId: "c1",
    seq: position,
    payload,
    at: "now",
  };
  return new Outgoing(event, () => `e${position}`);
}

function call(id: string, target: string): string {
  return `${JSON.stringify({ type: 1, invocationId: id, target, arguments: [] })}${rs}`;
}

function unknown(id: string, target: string): string {
  return `${JSON.stringify({ type: 3, invocationId: id, error: `Unknown hub method '${target}'` })}${rs}`;
}

describe("the handshake", () => {
  test("is answered when the place in the log is found: who is told that he is connected misses nothing", async () => {
    const paper = new PaperHub("?clientId=x&since=e0");
    paper.says(hello);
    await turn();
    expect(paper.said).toEqual([]);
    expect(paper.asked).toMatchObject({ tenantId, userId: "ada", since: "e0", clientHash: expect.any(String) });
    await paper.join();
    expect(paper.said).toEqual([`{}${rs}`]);
  });

  test("is answered before the first event of a backfill", async () => {
    const paper = new PaperHub("?since=e0");
    paper.says(hello);
    paper.connection.deliver(outgoing(1));
    await paper.join();
    expect(paper.said.map((text) => text.slice(0, 24))).toEqual([`{}${rs}`, '{"type":1,"target":"Mess']);
  });

  test("may come in pieces, and with calls in the same frame: they wait for the log, in order", async () => {
    const paper = new PaperHub();
    paper.says(hello.slice(0, 10));
    paper.says(hello.slice(10) + call("0", "A") + call("1", "B").slice(0, 5));
    paper.says(call("1", "B").slice(5));
    await turn();
    expect(paper.said).toEqual([]);
    await paper.join();
    expect(paper.said).toEqual([`{}${rs}`, unknown("0", "A"), unknown("1", "B")]);
  });

  test("of another protocol is refused without a Close message", () => {
    const paper = new PaperHub();
    paper.says(`{"protocol":"smoke","version":1}${rs}`);
    expect(paper.said).toEqual([`{"error":"The protocol 'smoke' is not supported."}${rs}`]);
    expect(paper.ended).toBeDefined();
    const old = new PaperHub();
    old.says(`{"protocol":"json","version":3}${rs}`);
    expect(old.said).toEqual([`{"error":"The server does not support version 3 of the 'json' protocol."}${rs}`]);
    const text = new PaperHub("", undefined, "ServerSentEvents");
    text.says(`{"protocol":"messagepack","version":1}${rs}`);
    expect(text.said[0]).toContain(
      "Cannot use the 'messagepack' protocol on the current transport. The transport does not support 'Binary' transfer format.",
    );
  });

  test("whose fault is longer than a close frame's text is refused all the same", () => {
    const paper = new PaperHub();
    paper.says(`{"protocol":"${"x".repeat(200)}","version":1}${rs}`);
    expect(paper.said[0]).toContain("is not supported");
    expect(paper.ended?.reason).toBe("");
  });

  test("has 15 s", () => {
    const paper = new PaperHub();
    paper.pass(14);
    expect(paper.said).toEqual([]);
    paper.pass(1);
    expect(paper.said).toEqual([`{"error":"Handshake was canceled."}${rs}`]);
  });

  test("fails when the log cannot be read", async () => {
    const paper = new PaperHub();
    paper.says(hello);
    await paper.fail(Object.assign(new Error("gone"), { code: "ECONNREFUSED" }));
    expect(paper.said).toEqual([
      `{"error":"unavailable: The service cannot take the call now; nothing was stored"}${rs}`,
    ]);
  });

  test("of a client that has left meanwhile leaves the log again", async () => {
    const paper = new PaperHub();
    paper.says(hello);
    paper.connection.closed();
    await paper.join();
    expect(paper.left).toBe(1);
    expect(paper.said).toEqual([]);
  });
});

describe("calls", () => {
  test("without an id are not answered, streams and cancellations in .NET's words", async () => {
    const paper = await connected();
    paper.says(`{"type":1,"target":"A","arguments":[]}${rs}`);
    paper.says(`{"type":4,"invocationId":"7","target":"S","arguments":[]}${rs}{"type":5,"invocationId":"7"}${rs}`);
    paper.says(`{"type":2,"invocationId":"9","item":1}${rs}{"type":3,"invocationId":"9"}${rs}{"type":42}${rs}`);
    await turn();
    expect(paper.said).toEqual([unknown("7", "S")]);
    expect(paper.ended).toBeUndefined();
  });

  test("more than 200 waiting stop the reading until half of them are done", async () => {
    const paper = new PaperHub();
    paper.says(hello);
    paper.says(Array.from({ length: 201 }, (_, i) => call(String(i), "A")).join(""));
    expect(paper.paused).toBe(true);
    await paper.join();
    await turn();
    expect(paper.paused).toBe(false);
    expect(paper.said).toHaveLength(202);
  });

  test("are 50 to a frame: more in one cost what as many frames do, so that nobody has a thousand read for the price of one", async () => {
    const calls = (count: number) => `${JSON.stringify({ type: 1, target: "A", arguments: [] })}${rs}`.repeat(count);
    const tight = await connected(); // the handshake is a frame; 199 of 200 are left
    for (let i = 0; i < 9; i++) tight.says(calls(1000));
    expect(tight.ended).toBeUndefined();
    tight.says(calls(1000));
    expect(tight.ended).toEqual({ code: 4429, reason: "Too many frames" });
    const usual = await connected();
    for (let i = 0; i < 199; i++) usual.says(calls(49));
    expect(usual.ended).toBeUndefined();
  });

  test("sent before the client leaves are still done", async () => {
    const paper = new PaperHub();
    paper.says(hello);
    paper.says(`${call("0", "A")}{"type":7}${rs}${call("1", "never")}`);
    await paper.join();
    await turn();
    expect(paper.said).toEqual([`{}${rs}`, unknown("0", "A")]);
    expect(paper.ended).toEqual({ code: 1000, reason: "" });
  });
});

describe("the end", () => {
  test("what cannot be read closes with .NET's sentence and lets the client come back", async () => {
    const paper = await connected();
    paper.says(`nonsense${rs}`);
    expect(paper.said).toEqual([`{"type":7,"error":"Connection closed with an error.","allowReconnect":true}${rs}`]);
    expect(paper.left).toBe(1);
  });

  test("a message that never ends is not kept beyond 64 KiB", async () => {
    const paper = await connected();
    paper.says("x".repeat(40_000));
    paper.says("x".repeat(40_000));
    expect(paper.said).toEqual([`{"type":7,"error":"Connection closed with an error.","allowReconnect":true}${rs}`]);
  });

  test.each([
    ["shutdown", true, 1001],
    ["slow_consumer", true, 1013],
    ["expired", true, 4401],
    ["log_reset", true, 1012],
    ["revoked", false, 4403],
    ["terminated", false, 4403],
  ] as const)("%s: come back %s", async (reason, again, code) => {
    const paper = await connected();
    paper.connection.disconnect(reason);
    paper.connection.disconnect("internal");
    const [last = "{}", ...more] = paper.said;
    expect(more).toEqual([]);
    expect(JSON.parse(last.slice(0, -1))).toMatchObject({ type: 7, error: expect.any(String) });
    expect(last.includes('"allowReconnect":true')).toBe(again);
    expect(paper.ended?.code).toBe(code);
  });

  test("nothing is said after it", async () => {
    const paper = await connected("?events=all");
    paper.connection.disconnect("shutdown");
    paper.said.length = 0;
    paper.connection.deliver(outgoing(1));
    paper.connection.position("e1");
    paper.connection.resync("expired", "e1");
    paper.says(call("0", "A"));
    paper.pass(60);
    await turn();
    expect(paper.said).toEqual([]);
  });

  test("201 frames in a moment are a flood; 50 a second are not", async () => {
    const steady = await connected();
    for (let i = 0; i < 600; i++) {
      steady.time += 20;
      steady.says(`{"type":6}${rs}`);
    }
    expect(steady.ended).toBeUndefined();
    const flood = await connected();
    for (let i = 0; i < 201; i++) flood.says(`{"type":6}${rs}`);
    expect(flood.said).toEqual([`{"type":7,"error":"Too many frames","allowReconnect":true}${rs}`]);
  });

  test("pings packed into one frame count each", async () => {
    const paper = await connected();
    paper.says(`{"type":6}${rs}`.repeat(300));
    expect(paper.said).toEqual([`{"type":7,"error":"Too many frames","allowReconnect":true}${rs}`]);
  });
});

describe("the sweep", () => {
  test("pings a quiet client, and drops one that has pinged and stopped", async () => {
    const paper = await connected();
    paper.says(`{"type":6}${rs}`);
    paper.pass(15);
    expect(paper.said).toEqual([`{"type":6}${rs}`]);
    paper.pass(30);
    const error = "Client hasn't sent a message/ping within the configured ClientTimeoutInterval.";
    expect(paper.said.at(-1)).toBe(`{"type":7,"error":"${error}","allowReconnect":true}${rs}`);
  });

  test("tells the host when the token has run out", async () => {
    const paper = await connected("", 1_010_000);
    paper.pass(9);
    expect(paper.expiredAt).toBeUndefined();
    paper.pass(1);
    expect(paper.expiredAt).toBe(1_010_000);
  });
});

describe("words about the log", () => {
  test("positions go to those who asked for everything, resync to whom the log tells it", async () => {
    const all = await connected("?events=all");
    all.connection.position("e9");
    expect(all.said).toEqual([
      `{"type":1,"target":"MessagingEvent","arguments":[{"type":"Position","eventId":"e9"}]}${rs}`,
    ]);
    const some = await connected("?events=Chat");
    some.connection.position("e9");
    some.connection.resync("expired", "e9");
    expect(some.said).toEqual([
      `{"type":1,"target":"MessagingEvent","arguments":[{"type":"Resync","reason":"expired","eventId":"e9"}]}${rs}`,
    ]);
  });
});
