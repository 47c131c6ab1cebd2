import type { Message, Person } from "../../client/types.ts";

/** The service takes no more of them. */
const MOST = 50;
/** What stands before an @ that names somebody: the one in an address of mail has a letter there. */
const BEFORE = String.raw`(?<![\p{L}\p{N}_@.])`;
const AFTER = String.raw`(?![\p{L}\p{N}_])`;
const BEGUN = new RegExp(`${BEFORE}@(?<typed>(?:[^\\s@][^\\n@]{0,60})?)$`, "u");

const FENCED = /^[ ]{0,3}(?<fence>`{3,}(?=[^`\n]*$)|~{3,})(?:[\s\S]*?\n[ ]{0,3}\k<fence>[`~]*[ \t]*$|[\s\S]*)/gmu;
const INLINE = /(?<![\\`])(`+)(?!`)(?:(?!\n[ \t]*\n)[\s\S])+?(?<!`)\1(?!`)/gu;

type Known = Readonly<Record<string, Person>>;

/** A name that is being typed: where its @ is, and what of it is there. */
export interface Begun {
  at: number;
  typed: string;
}

export function begunAt(text: string, caret: number): Begun | undefined {
  const match = BEGUN.exec(text.slice(0, caret));
  const typed = match?.groups?.typed ?? "";
  // After a blank something else may follow, or the message be sent.
  return match && !typed.endsWith(" ") ? { at: match.index, typed } : undefined;
}

/** Those whose name, or a word of it, or id begins so; first those whose name does. */
export function whoIs<P extends Person>(people: readonly P[], typed: string): P[] {
  const wanted = plain(typed);
  const place = ({ userId, displayName }: P) => {
    const name = plain(displayName || userId);
    if (name.startsWith(wanted)) return 0;
    return name.includes(` ${wanted}`) || plain(userId).startsWith(wanted) ? 1 : 2;
  };
  return [0, 1].flatMap((wantedPlace) => people.filter((person) => place(person) === wantedPlace));
}

/** Everybody whom a text names outside of its code; of several who are called the same those who were picked, if any was. */
export function mentionedIn(text: string, people: readonly Person[], picked: ReadonlySet<string>): string[] {
  const found = partsOf(withoutCode(text), people.map(namedAs)).flatMap(({ name }) => {
    if (name === undefined) return [];
    const called = people.filter((person) => namedAs(person) === name);
    const meant = called.filter(({ userId }) => picked.has(userId));
    return (meant.length > 0 ? meant : called).map(({ userId }) => userId);
  });
  return [...new Set(found)].slice(0, MOST);
}

/**
 * Whom a correction mentions: all that it names, and those whom the message mentioned without a name that can be looked for, be it that they
 * are called otherwise by now.
 */
export function mentionedAfter(
  { content, mentionUserIds = [] }: Pick<Message, "content" | "mentionUserIds">,
  text: string,
  people: readonly Person[],
  picked: ReadonlySet<string>,
): string[] {
  const meant = new Set([...picked, ...mentionUserIds]);
  const named = new Set(mentionedIn(content, people, meant));
  const unnamed = mentionUserIds.filter((userId) => !named.has(userId));
  return [...new Set([...unnamed, ...mentionedIn(text, people, meant)])].slice(0, MOST);
}

/** As it stands behind the @. */
export function namedAs({ userId, displayName }: Person): string {
  return (displayName || userId).trim();
}

/** Those who are mentioned, as they stand behind the @: a line each, so that the same are the same. */
export function namesIn(people: Known, mentionUserIds: readonly string[] = []): string {
  return mentionUserIds.map((userId) => namedAs(people[userId] ?? { userId })).join("\n");
}

/** What a row shows of a message's mentions. */
export function mentionsIn({ senderId, mentionUserIds }: Message, people: Known, me: string) {
  const mentionsMe = senderId !== me && mentionUserIds?.includes(me) === true;
  return { mentioned: namesIn(people, mentionUserIds), mentionsMe };
}

/** A text in pieces, with the name of each that is a mention. */
export function partsOf(text: string, names: readonly string[]): { text: string; name?: string }[] {
  const known = names.filter((name) => name !== "").sort((a, b) => b.length - a.length);
  if (known.length === 0) return [{ text }];
  const anyOf = known.map(escaped).join("|");
  const pieces = text.split(new RegExp(`${BEFORE}@(${anyOf})${AFTER}`, "u"));
  return pieces.flatMap((piece, at) => {
    if (at % 2 === 1) return [{ text: `@${piece}`, name: piece }];
    return piece === "" ? [] : [{ text: piece }];
  });
}

/** No name is marked in it. Nor goes one over a line end. */
function withoutCode(text: string): string {
  return text.replaceAll(FENCED, "\n\n").replaceAll(INLINE, "\n");
}

function escaped(name: string): string {
  return name.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, "\\$&");
}

function plain(text: string): string {
  return text.normalize("NFD").replaceAll(/\p{M}/gu, "").toLocaleLowerCase();
}
