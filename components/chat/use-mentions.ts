"use client";

import { type KeyboardEvent, type RefObject, useMemo, useRef, useState } from "react";
import { useParley, useParleyState } from "../../client/react/provider.tsx";
import type { Message, Person } from "../../client/types.ts";
import { type Begun, begunAt, mentionedAfter, mentionedIn, namedAs, whoIs } from "./mention-text.ts";

const MOST_SHOWN = 30;

export interface Mentions {
  /** Who may be meant by what is being typed; nobody while the list is closed. */
  found: readonly Person[];
  active: number;
  setActive: (at: number) => void;
  take: (person: Person) => void;
  /** Until there is another @, or less behind this one. */
  close: () => void;
  /** For the while that the box has no focus. */
  leave: () => void;
  /** For another text. */
  reset: () => void;
  /** Call when the text was changed by typing, and with `moved` when only the caret was. */
  look: (moved?: boolean) => void;
  /** True for a key that was the list's. */
  onKey: (event: KeyboardEvent) => boolean;
  /** Whom a text mentions; nothing for a correction of a message that mentions the same people. */
  of: (text: string, corrected?: Message) => { mentionUserIds?: string[] };
}

/** The members of a chat behind an @ in the box. */
export function useMentions(
  chatId: string,
  box: RefObject<HTMLTextAreaElement | null>,
  onChange: (text: string) => void,
): Mentions {
  const client = useParley();
  const me = useParleyState((state) => state.me);
  const members = useParleyState(({ chats }) => chats[chatId]?.members);
  const people = useParleyState((state) => state.people);
  const [begun, setShown] = useState<Begun>();
  const [chosen, setActive] = useState(0);
  // The caret moves before what was typed is drawn.
  const now = useRef<Begun>(undefined);
  const picked = useRef(new Set<string>());
  /** Whose list was closed, or used. */
  const done = useRef<Begun>(undefined);
  const others = useMemo(
    () => members?.filter(({ userId }) => userId !== me).map(({ userId, user }) => people[userId] ?? user) ?? [],
    [members, people, me],
  );
  const found = begun ? candidates(begun) : [];
  const active = Math.min(chosen, Math.max(found.length - 1, 0));

  /** Who spoke last comes first. */
  function candidates({ typed }: Begun): Person[] {
    const { messages = [] } = client.getState().chats[chatId]?.log ?? {};
    const spoke = new Map(messages.map(({ senderId, seq }) => [senderId, seq]));
    const when = ({ userId }: Person) => spoke.get(userId) ?? 0;
    const sorted = others.toSorted((a, b) => when(b) - when(a) || namedAs(a).localeCompare(namedAs(b)));
    const matching = whoIs(sorted, typed).slice(0, MOST_SHOWN);
    // It stands there already.
    return matching.length === 1 && matching.every((person) => namedAs(person) === typed) ? [] : matching;
  }

  function look(moved = false) {
    const { value = "", selectionStart = 0, selectionEnd } = box.current ?? {};
    const next = selectionStart === selectionEnd ? begunAt(value, selectionStart) : undefined;
    if (done.current && value[done.current.at] !== "@") done.current = undefined;
    const isNew = next?.at !== now.current?.at;
    if (next?.typed === now.current?.typed && !isNew) return;
    const isDone = next?.at === done.current?.at && next?.typed.startsWith(done.current?.typed ?? "");
    // Whoever goes through a text is not asked about each name in it.
    begin(isDone || (moved && isNew) ? undefined : next);
  }

  function begin(next: Begun | undefined) {
    now.current = next;
    setShown(next);
    setActive(0);
  }

  function close() {
    done.current = now.current;
    begin(undefined);
  }

  function take(person: Person) {
    const { current } = box;
    if (!current || !begun) return;
    const end = current.selectionEnd;
    const rest = current.value.slice(end);
    // By the box itself, which keeps its caret behind it.
    current.setRangeText(`@${namedAs(person)} `, begun.at, rest.startsWith(" ") ? end + 1 : end, "end");
    picked.current.add(person.userId);
    begin(undefined);
    done.current = { at: begun.at, typed: namedAs(person) };
    onChange(current.value);
    current.focus();
  }

  function onKey({ key, altKey, ctrlKey, metaKey, shiftKey }: KeyboardEvent): boolean {
    const person = found[active];
    if (!person || altKey || ctrlKey || metaKey || shiftKey) return false;
    if (key === "Escape") close();
    else if (key === "Enter" || key === "Tab") take(person);
    else if (key === "ArrowDown") setActive((active + 1) % found.length);
    else if (key === "ArrowUp") setActive((active + found.length - 1) % found.length);
    else return false;
    return true;
  }

  function mentionedBy(text: string, corrected?: Message) {
    const before = corrected?.mentionUserIds ?? [];
    const known = [...others, ...before.map((userId) => people[userId] ?? { userId })];
    const all = [...new Map(known.map((person) => [person.userId, person])).values()];
    const ids = corrected
      ? mentionedAfter(corrected, text, all, picked.current)
      : mentionedIn(text, all, picked.current);
    const isAsBefore = ids.length === before.length && ids.every((userId) => before.includes(userId));
    return isAsBefore ? {} : { mentionUserIds: ids };
  }

  function reset() {
    picked.current.clear();
    done.current = undefined;
    begin(undefined);
  }

  return { found, active, setActive, take, close, leave: () => begin(undefined), reset, look, onKey, of: mentionedBy };
}
