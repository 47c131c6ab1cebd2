"use client";

import { useParleyState } from "../../client/react/provider.tsx";
import { usePresence } from "../../client/react/use-presence.ts";
import { nameOf } from "./names.ts";
import { PresenceDot } from "./presence-dot.tsx";

const SHOWN = 5;
const ORDER = { online: 0, away: 1, offline: 2 };

/** The other members, one dot each. */
export function PresenceDots({ chatId }: { chatId: string }) {
  const me = useParleyState((state) => state.me);
  const people = useParleyState((state) => state.people);
  const members = useParleyState(({ chats }) => chats[chatId]?.members) ?? [];
  const hasMore = useParleyState(({ chats }) => chats[chatId]?.moreMembers != null);
  const memberCount = useParleyState(({ chats }) => chats[chatId]?.chat.memberCount);
  const others = members.map(({ userId }) => userId).filter((userId) => userId !== me);
  const presence = usePresence(others);
  const known = others.flatMap((userId) => presence[userId] ?? []);
  const present = known.filter(({ state }) => state !== "offline").length;
  const shown = known.toSorted((a, b) => ORDER[a.state] - ORDER[b.state]).slice(0, SHOWN);
  // A tenant may keep it to itself: that none is known does not say that none is here.
  if (known.length === 0) return <p className="h-4" />;
  return (
    <div className="flex h-4 items-center gap-2 text-muted text-xs">
      <ul aria-label="Other members" className="flex gap-1 max-sm:sr-only">
        {shown.map((one) => (
          <li key={one.userId} title={`${nameOf(people, one.userId)}: ${one.state}`} className="flex">
            <span className="sr-only">
              {nameOf(people, one.userId)}: {one.state}
            </span>
            <span aria-hidden className="flex">
              <PresenceDot presence={one} className="size-2" />
            </span>
          </li>
        ))}
      </ul>
      <span className="truncate">{sentenceOf(present, others.length, hasMore ? memberCount : undefined)}</span>
    </div>
  );
}

/** `memberCount` where not all of them are here, so that nobody knows of the rest. */
function sentenceOf(present: number, others: number, memberCount: number | undefined): string {
  if (memberCount === undefined) return `${present} of ${others} others here`;
  const all = `${memberCount - 1} others`;
  return present === 0 ? all : `At least ${present} of ${all} here`;
}
