"use client";

import { useEffect, useState } from "react";
import { Parley } from "../../client/parley.ts";
import { ParleyProvider } from "../../client/react/provider.tsx";
import type { DemoUser } from "../../client/types.ts";
import { ToastProvider } from "../ui/toast.tsx";
import type { Pair } from "./find-pair.ts";
import { Pane } from "./pane.tsx";
import { Wire } from "./wire.ts";
import { WireLog } from "./wire-log.tsx";

interface Side {
  user: DemoUser;
  client: Parley;
}

/** Two people beside each other, each with an own token, client id and connection. */
export function Duo({ tenantId, pair }: { tenantId: string; pair: Pair }) {
  const [sides, setSides] = useState<Side[]>([]);
  const [wire] = useState(() => new Wire());

  useEffect(() => {
    const opened = pair.users.map((user) => ({ user, client: clientOf(tenantId, user, wire) }));
    for (const { client } of opened) void client.start();
    setSides(opened);
    return () => {
      for (const { client } of opened) client.close();
    };
  }, [tenantId, pair, wire]);

  return (
    <ToastProvider>
      <div className="overflow-hidden rounded-2xl border border-line bg-line shadow-[0_1px_2px_rgb(0_0_0/0.04),0_12px_32px_-12px_rgb(0_0_0/0.12)]">
        <div className="flex items-center justify-between gap-4 bg-sunken px-4 py-2.5 text-sm">
          <p className="truncate font-medium">{pair.chat.name}</p>
          <p className="shrink-0 text-muted text-xs">{pair.chat.memberCount} members</p>
        </div>
        <div className="mt-px grid gap-px sm:grid-cols-2">
          {sides.map(({ user, client }) => (
            <ParleyProvider key={client.clientId} client={client}>
              <Pane user={user} chatId={pair.chat.id} />
            </ParleyProvider>
          ))}
        </div>
        <WireLog wire={wire} />
      </div>
    </ToastProvider>
  );
}

function clientOf(tenantId: string, user: DemoUser, wire: Wire): Parley {
  return new Parley({
    ...{ baseUrl: location.origin, tenantId, userId: user.userId, getToken: () => user.token },
    // Two people in one page: what one of them typed shall not wait in the other one's browser.
    storage: null,
    onCall: (call) => wire.sawCall(user, call),
    onEvent: (event) => wire.sawEvent(user, event),
  });
}
