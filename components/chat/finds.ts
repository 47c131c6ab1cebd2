import type { Message } from "../../client/types.ts";

/** Messages without a hole, in their order. */
export interface Stretch {
  messages: readonly Message[];
  /** Whether there are others before them; also while nobody knows yet. */
  hasEarlier: boolean;
}

/** What is here of a chat. */
export interface Here {
  newest: Stretch;
  /** What is looked at apart from those. */
  aside: Stretch | undefined;
}

/** A page of messages, newest first. */
export type PageBefore = (seq: number) => Promise<{ messages: readonly Message[]; hasEarlier: boolean }>;

/** Those that have the words, the newest first: of what is here, and of others that were found before and may be here no more. */
export function findsIn({ newest, aside }: Here, others: readonly Message[], words: string): Message[] {
  const all = [...others, ...(aside?.messages ?? []), ...newest.messages];
  const byId = new Map(all.map((message) => [message.id, message]));
  return withWords([...byId.values()], words).sort((one, other) => other.seq - one.seq);
}

/**
 * From which message on all up to the newest was looked through; 0 for the whole chat.
 * @param down how far one has looked beyond what is here
 */
export function searchedFrom({ newest, aside }: Here, down: number): number {
  const from = Math.min(down, startOf(newest));
  const adjoins = aside && (aside.messages.at(-1)?.seq ?? 0) >= from - 1;
  return adjoins ? Math.min(from, startOf(aside)) : from;
}

/** From which on there is no hole up to that one: where to look for an older find. */
export function wholeFrom({ aside, ...here }: Here, down: number, at: Message | undefined): number {
  const from = searchedFrom({ aside, ...here }, down);
  return aside && isIn(aside, at) ? Math.min(from, startOf(aside)) : from;
}

/** The next older find; undefined where older messages have to be looked through first, or there is none. */
export function olderFind(finds: readonly Message[], at: Message | undefined, from: number): Message | undefined {
  if (!at) return finds[0];
  return finds.find(({ seq }) => seq < at.seq && seq >= from);
}

/** The next newer one, and after the newest the oldest. */
export function newerFind(finds: readonly Message[], at: Message | undefined): Message | undefined {
  return finds.findLast(({ seq }) => at && seq > at.seq) ?? finds.at(-1);
}

/** Looks through older pages, of which none is kept, until one has the words; undefined where none of them has. */
export async function lookBack(
  words: string,
  before: number,
  { page, onPage }: { page: PageBefore; onPage: (oldest: Message) => void },
): Promise<Message | undefined> {
  for (let from = before; ; ) {
    const { messages, hasEarlier } = await page(from);
    const [found] = withWords(messages, words);
    const oldest = messages.at(-1);
    if (found || !oldest || !hasEarlier) return found;
    onPage(oldest);
    from = oldest.seq;
  }
}

/** What was looked through, in words. */
export function scopeOf(here: Here, down: number): string {
  const { newest, aside } = here;
  const from = searchedFrom(here, down);
  if (from === 0) return "this chat";
  if (from === Number.POSITIVE_INFINITY) return "what is loaded";
  const count = (newest.messages.at(-1)?.seq ?? 0) - from + 1;
  const isApart = aside && startOf(aside) < from;
  return `the newest ${count} messages${isApart ? ` and the ${aside.messages.length} shown` : ""}`;
}

function withWords(messages: readonly Message[], words: string): Message[] {
  return messages.filter(({ content, deletedAt }) => !deletedAt && content.toLocaleLowerCase().includes(words));
}

/** With which message a stretch begins: 0 where that is the first of the chat. */
export function startOf({ messages, hasEarlier }: Stretch): number {
  return hasEarlier ? (messages[0]?.seq ?? Number.POSITIVE_INFINITY) : 0;
}

function isIn({ messages }: Stretch, message: Message | undefined): boolean {
  return messages.some(({ id }) => id === message?.id);
}
