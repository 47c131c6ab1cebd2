import type { Member, Message, Person } from "../../client/types.ts";
import { namedAs, whoIs } from "./mention-text.ts";

const MOST_SHOWN = 30;

type Known = Readonly<Record<string, Person>>;

/** How it was when a list opened: what comes in meanwhile moves nobody under a finger. */
export interface Opened {
  /** When each spoke last. */
  spoke: ReadonlyMap<string, number>;
  there: ReadonlySet<string>;
}

export function openedWith(people: readonly Person[], messages: readonly Message[]): Opened {
  return {
    spoke: new Map(messages.map(({ senderId, seq }) => [senderId, seq])),
    there: new Set(people.map(({ userId }) => userId)),
  };
}

/** The others of a chat: its members, and who wrote there beyond those that are here. */
export function othersOf(
  members: readonly Member[] = [],
  messages: readonly Message[] = [],
  people: Known,
  me: string,
): Person[] {
  const all = new Map(
    messages.flatMap(({ senderId }) => people[senderId] ?? []).map((person) => [person.userId, person]),
  );
  for (const { userId, user } of members) all.set(userId, people[userId] ?? user);
  all.delete(me);
  return [...all.values()];
}

/** Who may be meant: who spoke last comes first, and behind all others who came after the list was opened. */
export function candidates(people: readonly Person[], typed: string, { spoke, there }: Opened): Person[] {
  const when = ({ userId }: Person) => spoke.get(userId) ?? 0;
  const sorted = people.toSorted((a, b) => when(b) - when(a) || namedAs(a).localeCompare(namedAs(b)));
  const [first, later] = [true, false].map((was) => sorted.filter(({ userId }) => there.has(userId) === was));
  const matching = [...whoIs(first ?? [], typed), ...whoIs(later ?? [], typed)].slice(0, MOST_SHOWN);
  // It stands there already.
  return matching.length === 1 && matching.every((person) => namedAs(person) === typed) ? [] : matching;
}
