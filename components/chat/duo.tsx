"use client";

import { useEffect, useState } from "react";
import { Announcer } from "./announcer.tsx";
import type { Pair } from "./find-pair.ts";
import { Pane } from "./pane.tsx";
import { Session } from "./session.ts";
import { Wire } from "./wire.ts";
import { WireLog } from "./wire-log.tsx";

/** Two people beside each other, each with an own token, client id and connection. */
export function Duo({ tenantId, pair }: { tenantId: string; pair: Pair }) {
  const [sessions, setSessions] = useState<Session[]>([]);
  const [wire] = useState(() => new Wire());

  useEffect(() => {
    const opened = pair.users.map((user) => new Session({ tenantId, chatId: pair.chat.id, user, wire }));
    for (const session of opened) void session.open();
    setSessions(opened);
    return () => {
      for (const session of opened) void session.close();
    };
  }, [tenantId, pair, wire]);

  return (
    <div className="overflow-hidden rounded-2xl border border-line bg-line shadow-[0_1px_2px_rgb(0_0_0/0.04),0_12px_32px_-12px_rgb(0_0_0/0.12)]">
      <div className="flex items-center justify-between gap-4 bg-sunken px-4 py-2.5 text-sm">
        <p className="truncate font-medium">{pair.chat.name}</p>
        <p className="shrink-0 text-xs text-muted">{pair.chat.memberCount} members</p>
      </div>
      <div className="mt-px grid gap-px sm:grid-cols-2">
        {sessions.map((session) => (
          <Pane key={session.clientId} session={session} />
        ))}
      </div>
      <WireLog wire={wire} />
      <Announcer sessions={sessions} />
    </div>
  );
}
