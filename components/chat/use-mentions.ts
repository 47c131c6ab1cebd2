"use client";

import { type KeyboardEvent, type RefObject, useMemo, useRef, useState } from "react";
import { useParley, useParleyState } from "../../client/react/provider.tsx";
import type { Message, Person } from "../../client/types.ts";
import { candidates, type Opened, openedWith, othersOf } from "./mention-candidates.ts";
import { type Begun, begunAt, mentionedAfter, mentionedIn, namedAs } from "./mention-text.ts";

type Open = Begun & { opened: Opened };

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
  /** For another text: the draft's, unless it is a correction, which leaves the draft as it is. */
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
  correctedId?: string,
): Mentions {
  const client = useParley();
  const me = useParleyState((state) => state.me);
  const { members, moreMembers, log } = useParleyState(({ chats }) => chats[chatId]) ?? {};
  const people = useParleyState((state) => state.people);
  const [begun, setShown] = useState<Open>();
  const [chosen, setChosen] = useState<string>();
  // The caret moves before what was typed is drawn.
  const now = useRef<Open>(undefined);
  /** By the message that is corrected; "" for the draft. */
  const picked = useRef(new Map<string, Set<string>>());
  /** Whose list was closed, or used. */
  const done = useRef<Begun>(undefined);
  const isPart = members === undefined || moreMembers !== null;
  // Who is no member any more is left out by the service.
  const messages = isPart ? log?.messages : undefined;
  const others = useMemo(() => othersOf(members, messages, people, me), [members, messages, people, me]);
  const found = begun ? candidates(others, begun.typed, begun.opened) : [];
  const active = Math.max(
    found.findIndex(({ userId }) => userId === chosen),
    0,
  );

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
    // Where they could not be loaded with the chat.
    if (next && !members) client.room(chatId).open().catch(ignoreForNow);
    const isSame = next !== undefined && next.at === now.current?.at;
    const opened = isSame ? now.current?.opened : undefined;
    now.current = next && { ...next, opened: opened ?? openedWith(others, log?.messages ?? []) };
    setShown(now.current);
    setChosen(undefined);
  }

  function setActive(at: number) {
    setChosen(found[at]?.userId);
  }

  function picksOf(messageId = ""): Set<string> {
    const picks = picked.current.get(messageId) ?? new Set();
    picked.current.set(messageId, picks);
    return picks;
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
    picksOf(correctedId).add(person.userId);
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
    const picks = picksOf(corrected?.id);
    const named = [...before, ...picks].map((userId) => people[userId] ?? { userId });
    // Whoever is called so elsewhere is meant where the members did not come: who is none of them is left out by the service.
    const elsewhere = members ? [] : Object.values(people).filter(({ userId }) => userId !== me);
    const known = [...elsewhere, ...others, ...named];
    const all = [...new Map(known.map((person) => [person.userId, person])).values()];
    const ids = corrected ? mentionedAfter(corrected, text, all, picks) : mentionedIn(text, all, picks);
    const isAsBefore = ids.length === before.length && ids.every((userId) => before.includes(userId));
    return isAsBefore ? {} : { mentionUserIds: ids };
  }

  function reset() {
    if (correctedId === undefined) picksOf().clear();
    done.current = undefined;
    begin(undefined);
  }

  return {
    ...{ found, active, setActive, take, close, reset, look, onKey },
    leave: () => begin(undefined),
    of: mentionedBy,
  };
}

/** The next @ asks again. */
function ignoreForNow() {}
