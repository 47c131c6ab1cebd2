"use client";

import { useMemo } from "react";
import { useParleyState } from "../../client/react/provider.tsx";
import type { Person } from "../../client/types.ts";

/** Everybody of whom this page knows: people of one's chats, and those whom the page was given. */
export function useKnownPeople(given: readonly Person[] = []): Person[] {
  const me = useParleyState((state) => state.me);
  const people = useParleyState((state) => state.people);
  return useMemo(() => {
    const all = new Map(given.map((person) => [person.userId, person]));
    for (const person of Object.values(people)) all.set(person.userId, person);
    all.delete(me);
    const nameOf = ({ userId, displayName }: Person) => displayName || userId;
    return [...all.values()].sort((a, b) => nameOf(a).localeCompare(nameOf(b)));
  }, [given, people, me]);
}
