import { setTimeout as sleep } from "node:timers/promises";
import { expect } from "vitest";
import type { ApiProcess, FleetTenant } from "../processes.ts";
import type { LogRow } from "./owner.ts";

export interface Acknowledged {
  key: string;
  chatId: string;
  id: string;
  seq: number;
}

export interface WriterOptions {
  tenant: FleetTenant;
  nodes: ApiProcess[];
  userIds: string[];
  chatIds: string[];
  /** Of each writer. */
  messages: number;
  /** Share of the calls that their caller drops half-way. */
  aborts?: number;
}

const giveUpAfterMs = 20_000;

/**
 * People who write as clients on a bad line do: a call that fails in any way, or that they drop themselves, is repeated with the same
 * clientMessageId on another node, until it is acknowledged.
 */
export class Writers {
  readonly acknowledged: Acknowledged[] = [];
  /** Answers by status, or by what kept one from coming. */
  readonly outcomes = new Map<string, number>();
  readonly faults: string[] = [];
  private stopped = false;
  private readonly options: WriterOptions;
  private readonly tokens: string[];

  private constructor(options: WriterOptions, tokens: string[]) {
    this.options = options;
    this.tokens = tokens;
  }

  static async prepare(options: WriterOptions): Promise<Writers> {
    const tokens = await Promise.all(options.userIds.map((userId) => options.tenant.token(userId)));
    return new Writers(options, tokens);
  }

  /** Resolves when all is acknowledged, or after `stop`. */
  async run(): Promise<void> {
    await Promise.all(this.options.userIds.map((userId, index) => this.write(userId, this.tokens[index] ?? "", index)));
  }

  /** Resolves when so many are acknowledged. */
  async until(count: number): Promise<void> {
    while (this.acknowledged.length < count && this.faults.length === 0) await sleep(5);
  }

  /** Lets each finish what it is at. */
  stop(): void {
    this.stopped = true;
  }

  count(outcome: string): number {
    return this.outcomes.get(outcome) ?? 0;
  }

  /** Everything acknowledged is in the log as it was acknowledged, and nothing is there twice. */
  expectKept(log: LogRow[]): void {
    expect(this.faults).toEqual([]);
    const stored = new Map<unknown, LogRow>();
    for (const row of log.filter(({ type }) => type === "message.created")) {
      expect(stored.has(row.payload.clientMessageId)).toBe(false);
      stored.set(row.payload.clientMessageId, row);
    }
    const found = this.acknowledged.map(({ key }) => {
      const row = stored.get(key);
      return { key, chatId: row?.chatId, id: row?.payload.id, seq: row?.seq };
    });
    expect(found).toEqual(this.acknowledged);
  }

  private async write(userId: string, token: string, writer: number): Promise<void> {
    const { chatIds, messages } = this.options;
    for (let i = 0; i < messages && !this.stopped; i++) {
      const chatId = chatIds[(writer * 7919 + i * 104_729) % chatIds.length] ?? "";
      await this.send(chatId, `${userId}/${i}`, token, writer + i);
    }
  }

  private async send(chatId: string, key: string, token: string, first: number): Promise<void> {
    const { nodes } = this.options;
    const until = Date.now() + giveUpAfterMs;
    for (let attempt = 0; ; attempt++) {
      const node = nodes[(first + attempt) % nodes.length];
      if (node?.alive() && (await this.attempt(node, { chatId, key, token }))) return;
      if (this.stopped) return;
      if (Date.now() > until) {
        this.faults.push(`${key} was never acknowledged`);
        return;
      }
      if (attempt >= nodes.length) await sleep(20);
    }
  }

  private async attempt(node: ApiProcess, send: { chatId: string; key: string; token: string }): Promise<boolean> {
    const { chatId, key, token } = send;
    const { tenant, aborts = 0 } = this.options;
    const caller = new AbortController();
    const drop = Math.random() < aborts ? setTimeout(() => caller.abort(), Math.random() * 15) : undefined;
    try {
      const answer = await fetch(`${node.url}/tenant/${tenant.id}/v1/Chat/${chatId}/messages`, {
        method: "POST",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify({ content: key, clientMessageId: key }),
        signal: caller.signal,
      });
      const body = (await answer.json()) as { id: string; seq: number; code?: string };
      this.note(answer.status === 503 ? `503 ${body.code}` : String(answer.status));
      if (answer.status === 201) this.acknowledged.push({ key, chatId, id: body.id, seq: body.seq });
      else if (answer.status !== 503) this.faults.push(`${key}: ${answer.status} ${JSON.stringify(body)}`);
      return answer.status !== 503;
    } catch {
      this.note(caller.signal.aborted ? "aborted" : "broken");
      return false;
    } finally {
      clearTimeout(drop);
    }
  }

  private note(outcome: string): void {
    this.outcomes.set(outcome, this.count(outcome) + 1);
  }
}
