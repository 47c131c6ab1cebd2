import type { TenantId } from "../../auth/principal.ts";
import type { Step } from "../../log/planner.ts";
import type { Database } from "../../persistence/database.ts";
import { unitOfWork, type Work } from "../../persistence/unit-of-work.ts";
import { shareHolding } from "../digests/store.ts";
import { sayQuotes } from "./policy.ts";
import type { Quote } from "./schema.ts";
import { findQuotes } from "./store.ts";
import { findTelling, saveWordings, type Told } from "./wording-store.ts";

const noticesAStep = 100;

export interface Rewording {
  tenantId: TenantId;
  chatId: string;
  /** Of the message that was edited. */
  seq: number;
  step?: Step | undefined;
}

/**
 * Puts what members were told of an edited message into its words of now: in their inboxes, and in mail that is not on its way. Nobody is told
 * again, and what was read or filed stays so. In steps that each commit.
 */
export async function rewordNotices(db: Database, rewording: Rewording): Promise<void> {
  for (let cursor: string | undefined = ""; cursor !== undefined; ) {
    const from: string = cursor;
    cursor = (await unitOfWork(db, rewording.tenantId, (work) => rewordSome(work, rewording, from))) as
      | string
      | undefined;
  }
}

/** The last member of the step, if there may be more. */
async function rewordSome(work: Work, rewording: Rewording, cursor: string): Promise<string | undefined> {
  const { tx } = work;
  const { tenantId, step = () => {} } = rewording;
  // Without the head, as most of what is edited nobody was told of: who is told from now on is told the new words.
  const told = await findTelling(tx, tenantId, { ...rewording, after: cursor, limit: noticesAStep });
  const news = (await findWords(work, rewording, told)).filter(saysOther).map(({ told }) => told);
  await step("notices found");
  if (news.length > 0) await reword(work, rewording, news);
  return told.length < noticesAStep ? undefined : told.at(-1)?.userId;
}

/** Under the head the words are the newest, whichever edit of them this is for. What is being decided about mail meanwhile is waited for. */
async function reword(work: Work, rewording: Rewording, told: Told[]): Promise<void> {
  const { tx } = work;
  const { tenantId } = rewording;
  await shareHolding(tx, tenantId);
  await work.lockHead();
  const wordings = (await findWords(work, rewording, told)).map(({ told: { notificationId }, messages }) => ({
    notificationId,
    message: sayQuotes(messages),
    messages,
  }));
  for (const payload of await saveWordings(tx, tenantId, wordings))
    work.emit({ type: "notification.updated", userId: payload.userId, payload: { ...payload } });
}

interface Words {
  told: Told;
  messages: Quote[];
}

/** What notices would quote now. Not of those with a message that is deleted by now: they are taken back. */
async function findWords({ tx }: Work, { tenantId, chatId }: Rewording, told: Told[]): Promise<Words[]> {
  const quotes = told.length === 0 ? new Map<string, Quote[]>() : await findQuotes(tx, tenantId, chatId, told);
  const words = told.map((one) => ({ told: one, messages: quotes.get(one.userId) ?? [] }));
  return words.filter(({ told: { messages: before }, messages }) => isSame(before, messages, ({ at }) => at));
}

const saysOther = ({ told, messages }: Words) => !isSame(told.messages, messages, ({ text }) => text);

function isSame(one: Quote[], other: Quote[], partOf: (quote: Quote) => string): boolean {
  return JSON.stringify(one.map(partOf)) === JSON.stringify(other.map(partOf));
}
