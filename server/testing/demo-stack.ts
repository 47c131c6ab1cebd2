import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Client } from "pg";
import { expect } from "vitest";
import type { DemoFile } from "../../prisma/seed/demo-file.ts";
import { seedDemo } from "../../prisma/seed.ts";
import type { Chat } from "../domain/chats/schema.ts";
import type { Message } from "../domain/messages/schema.ts";
import type { Services } from "../services.ts";
import { call, type Stack, startStack, testSecret } from "./stack.ts";

interface MessagePage {
  data: Message[];
  totalCount: number;
}

const tables = [
  ...["tenants", "tenant_log", "issuers", "api_keys", "users", "chats", "chat_heads", "members", "membership_spans"],
  ...["categories", "templates", "template_versions", "topics", "topic_subscribers", "preferences"],
  ...["preference_timings", "messages", "message_edits", "events", "notifications", "notification_batches"],
  ...["deliveries", "webhook_endpoints", "webhook_deliveries", "webhook_attempts"],
];

/** A stack with the demo in it, made by two nodes that started at once, each with a folder of its own. */
export class DemoStack {
  readonly dataDir = mkdtempSync(join(tmpdir(), "parley-seed-"));
  readonly elsewhere = mkdtempSync(join(tmpdir(), "parley-seed-"));
  /** What making it took of this process, in ms. */
  work = 0;
  stack!: Stack;
  /** The database, without walls. */
  owner!: Client;

  static async start(): Promise<DemoStack> {
    const demo = new DemoStack();
    demo.stack = await startStack({ seed: "demo", dataDir: demo.dataDir });
    demo.owner = new Client({ connectionString: demo.stack.database.ownerUrl });
    await demo.owner.connect();
    demo.work = await cpuOf(() => Promise.all([demo.stack.api.seed(), demo.seed(demo.elsewhere)]));
    return demo;
  }

  async close(): Promise<void> {
    await this.owner.end();
    await this.stack.close();
    for (const folder of [this.dataDir, this.elsewhere]) rmSync(folder, { recursive: true });
  }

  seed(folder = this.dataDir, security: Services["security"] = this.stack.api.services.security): Promise<void> {
    const { db, live } = this.stack.api.services;
    const config = { authSecret: testSecret, baseUrl: "http://localhost:3000", dataDir: folder };
    return seedDemo({ services: { db, security }, config, live });
  }

  readFile(folder = this.dataDir): DemoFile {
    return JSON.parse(readFileSync(join(folder, "demo.json"), "utf8"));
  }

  withKey(tenant: string, apiKey: string) {
    return <T>(method: string, path: string, body?: unknown) =>
      call<T>(`${this.stack.url}/tenant/${tenant}/v1${path}`, method, body, { "x-api-key": apiKey });
  }

  as<T>(userId: string, method: string, path: string, body?: unknown) {
    const token = this.readFile().users.find((user) => user.userId === userId)?.token ?? "";
    const headers = { authorization: `Bearer ${token}` };
    return call<T>(`${this.stack.url}/tenant/demo/v1${path}`, method, body, headers);
  }

  tokenStatus(token: string, tenant = "demo") {
    const headers = { authorization: `Bearer ${token}` };
    return call(`${this.stack.url}/tenant/${tenant}/v1/Chat`, "GET", undefined, headers);
  }

  async expectGood({ apiKey, users, second }: DemoFile): Promise<void> {
    expect((await this.withKey("demo", apiKey)("GET", "/admin/tenant")).status).toBe(200);
    expect((await this.withKey("harbour", second.apiKey)("GET", "/admin/tenant")).status).toBe(200);
    for (const { token } of users) expect((await this.tokenStatus(token)).status).toBe(200);
    expect((await this.tokenStatus(second.user.token, "harbour")).status).toBe(200);
  }

  async chatsOf(userId: string): Promise<Chat[]> {
    return (await this.as<{ data: Chat[] }>(userId, "GET", "/Chat?pageSize=50")).body.data;
  }

  async longChat(): Promise<Chat> {
    return (await this.chatsOf("ada")).find(({ name }) => name === "Bridge & operations") as Chat;
  }

  async pageOf(chatId: string, pageNumber: number): Promise<MessagePage> {
    const path = `/Chat/${chatId}/messages?pageSize=50&pageNumber=${pageNumber}`;
    return (await this.as<MessagePage>("ada", "GET", path)).body;
  }

  /** How many rows each table has that the seed writes to. */
  async everyRow(): Promise<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const table of tables)
      counts[table] = (await this.owner.query(`select count(*)::int as n from ${table}`)).rows[0].n;
    return counts;
  }
}

/** What the process worked for it, in ms: unlike the time it took, that does not depend on who else is at work here. */
export async function cpuOf(run: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}
