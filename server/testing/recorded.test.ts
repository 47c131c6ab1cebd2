import { once } from "node:events";
import { readdirSync, readFileSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { projectRoot } from "../persistence/project-root.ts";
import { type Stack, startStack, type TestTenant } from "./stack.ts";

// Requests as other languages' own clients put them on the wire, replayed byte for byte: .NET's HttpClient (typed JSON goes out
// chunked with nulls, strings with a length and in PascalCase) and Python's urllib.request and http.client. Only what differs from
// run to run is filled in: {{port}}, {{token}}, {{chatId}}, {{messageId}}.

const folder = join(projectRoot(), "server/testing/recorded");

let stack: Stack;
let tenant: TestTenant;
const sockets: Socket[] = [];

beforeAll(async () => {
  stack = await startStack();
  tenant = await stack.tenant("acme");
});
afterAll(async () => {
  for (const socket of sockets) socket.destroy();
  await stack.close();
});

interface Answer {
  status: number;
  headers: Map<string, string>;
  body: { id: string };
}

class Client {
  private readonly known = new Map<string, string>();
  private socket: Socket | undefined;

  constructor(token: string) {
    this.known.set("token", token);
    this.known.set("port", String(stack.api.port));
  }

  keep(name: string, value: string): void {
    this.known.set(name, value);
  }

  /** Sends a recorded request, over the open connection if there is one, and reads its answer. */
  async replay(name: string): Promise<Answer> {
    const socket = this.socket ?? (await this.dial());
    const text = readFileSync(join(folder, `${name}.http`), "latin1");
    socket.write(
      text.replace(/\{\{(\w+)\}\}/g, (_, field) => this.known.get(field) ?? field),
      "latin1",
    );
    const answer = await readAnswer(socket);
    if (/^connection: close\r$/im.test(text)) {
      expect(answer.headers.get("connection")).toBe("close");
      if (!socket.closed) await once(socket, "close"); // the server ends it, as was asked
      this.socket = undefined;
    }
    return answer;
  }

  private async dial(): Promise<Socket> {
    this.socket = connect(stack.api.port, "127.0.0.1");
    sockets.push(this.socket);
    await once(this.socket, "connect");
    return this.socket;
  }
}

async function readAnswer(socket: Socket): Promise<Answer> {
  let bytes = Buffer.alloc(0);
  for await (const chunk of socket.iterator({ destroyOnReturn: false })) {
    bytes = Buffer.concat([bytes, chunk]);
    const end = bytes.indexOf("\r\n\r\n");
    if (end < 0) continue;
    const [start = "", ...lines] = bytes.toString("latin1", 0, end).split("\r\n");
    const headers = new Map(lines.map((line) => line.split(/: ?(.*)/s, 2) as [string, string]));
    const named = new Map([...headers].map(([name, value]) => [name.toLowerCase(), value]));
    const length = Number(named.get("content-length"));
    const body = bytes.subarray(end + 4);
    if (body.length < length) continue;
    return { status: Number(start.split(" ")[1]), headers: named, body: JSON.parse(body.toString("utf8")) };
  }
  throw new Error(`the connection ended early: ${bytes.toString("utf8")}`);
}

type Step = [name: string, status: number, body: object];

/** One line a recorded request: its answer, in the order of the files. */
function script(client: string, steps: Step[]): void {
  let replayer: Client;
  beforeAll(async () => {
    replayer = new Client(await tenant.token("ada"));
  });

  test.each(steps)("%s", async (name, status, expected) => {
    const answer = await replayer.replay(`${client}-${name}`);
    expect(answer).toMatchObject({ status, body: expected });
    expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
    expect(answer.headers.get("x-request-id")).toBeTruthy();
    if (name.includes("create-chat")) replayer.keep("chatId", answer.body.id);
    if (name.includes("send-message")) replayer.keep("messageId", answer.body.id);
  });

  test("is all that is recorded", () => {
    const files = readdirSync(folder).filter((file) => file.startsWith(client));
    expect(files.sort()).toEqual(steps.map(([name]) => `${client}-${name}.http`).sort());
  });
}

const chatName = "Überfahrt – Nachtwache";
const ids = { chatId: expect.any(String) };

describe("a chat as .NET's HttpClient sends it", () => {
  script("dotnet", [
    ["01-create-chat", 201, { name: chatName, memberCount: 3, kind: "group", policy: "open" }],
    ["02-create-chat-pascal-case", 201, { name: "Crew", memberCount: 2, metadata: { Deck: 3 } }],
    ["03-send-message", 201, { content: "Guten Morgen 🚢 'ahoi' 1+1", seq: 1, senderId: "ada" }],
    ["04-send-message-pascal-case", 201, { content: "Second", seq: 2 }],
    ["05-list-messages", 200, { totalCount: 2, data: [{ content: "Second" }, { seq: 1 }] }],
    ["06-get-message", 200, { content: "Second" }],
    ["07-mute-chat", 200, { mute: "all", until: "2031-01-31T09:00:00.123Z" }],
    ["08-mute-chat-without-zone", 200, { mute: "all", until: "2031-01-31T09:00:00.123Z" }],
    ["09-mute-member", 200, { userId: "ben", role: "member", mutedUntil: "2031-01-31T09:00:00.123Z" }],
    ["10-move-read-empty-body", 200, { ...ids, lastReadSeq: 2 }],
    ["11-move-read-null-body", 200, { ...ids, unreadCount: 0 }],
    ["12-add-member-without-content", 200, { added: ["cleo"], memberCount: 3 }],
    ["13-add-member-empty-string", 200, { added: ["dora"], memberCount: 4 }],
    ["14-add-members", 200, { added: ["erin"], memberCount: 5 }],
    ["15-remove-member", 200, { userId: "dora", memberCount: 4 }],
    ["16-list-members", 200, { data: ["ada", "ben", "cleo", "erin"] }],
    ["17-edit-message", 200, { content: "Guten Abend", editedAt: expect.any(String) }],
    ["18-delete-message", 200, { content: "", deletedAt: expect.any(String) }],
    ["19-list-chats", 200, { totalCount: 2, data: [{ name: "Crew", unreadCount: 0 }, { name: chatName }] }],
  ]);
});

describe("a chat as Python's standard library sends it", () => {
  script("python", [
    ["01-create-chat", 201, { name: chatName, memberCount: 3, metadata: { deck: 3, ratio: 0.1 } }],
    ["02-send-message", 201, { content: "Guten Morgen 🚢", clientMessageId: "py-1", seq: 1 }],
    ["03-list-messages", 200, { totalCount: 1, data: [{ metadata: { at: "2026-01-31T09:00:00.123456+00:00" } }] }],
    ["04-mute-chat", 200, { mute: "all", until: "2031-01-31T09:00:00.123Z" }],
    ["05-mute-member", 200, { userId: "ben", mutedUntil: "2031-01-31T09:00:00.000Z" }],
    ["06-move-read", 200, { ...ids, lastReadSeq: 1 }],
    ["07-add-member", 200, { added: ["cleo"] }],
    ["08-add-member-form", 200, { added: ["dora"] }],
    ["09-remove-member", 200, { userId: "dora", memberCount: 4 }],
    ["10-list-events", 200, { data: [], nextCursor: expect.any(String) }],
    ["11-send-text-http-client", 201, { content: "from http.client", seq: 2 }],
    ["12-get-message-http-client", 200, { content: "Guten Morgen 🚢" }],
    ["13-move-read-empty-body", 200, { ...ids, lastReadSeq: 2 }],
  ]);
});
