"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { Tabs } from "../../ui/tabs.tsx";
import { useConsole } from "../console-context.ts";
import { IdText } from "../id-text.tsx";
import { useLiveQuery } from "../live.ts";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { sayCount } from "../say-count.ts";
import { useTRPC } from "../trpc.ts";
import { useTitle } from "../use-title.ts";
import { When } from "../when.tsx";
import { ActAsButton } from "./act-as.tsx";
import { PresenceText } from "./presence-text.tsx";
import { UserAccess } from "./user-access.tsx";
import { UserChats } from "./user-chats.tsx";
import { UserConnections } from "./user-connections.tsx";
import { UserInbox } from "./user-inbox.tsx";
import { UserPreferences } from "./user-preferences.tsx";
import { UserProfile } from "./user-profile.tsx";

const tabIds = ["profile", "connections", "chats", "inbox", "preferences", "access"] as const;
/** The tab, and how far in its list: another tab begins at its own beginning. */
const shown = {
  tab: parseAsStringLiteral(tabIds).withDefault("profile"),
  before: parseAsString,
};

/** One person of the tenant: who it is, where it is connected, what it talks in, what it was told and wants to be told. */
export function UserPage({ userId }: { userId: string }) {
  const { manages } = useConsole();
  const trpc = useTRPC();
  const [{ tab }, setQuery] = useQueryStates(shown);
  const query = useQuery(trpc.users.get.queryOptions({ userId }));
  useTitle(query.data && (query.data.displayName ?? userId), "Users");
  const connections = useQuery(
    trpc.connections.list.queryOptions({ userId, limit: 50 }, useLiveQuery("connections.list")),
  );
  const count = connections.data?.totalCount ?? 0;
  return (
    <QueryView query={query} title="User">
      {(user) => (
        <>
          <PageHeader
            title={user.displayName ?? user.userId}
            lead={
              <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
                {/* Whoever is connected may be away: that is the list's to say. */}
                {connections.data &&
                  (count > 0 ? <span>{sayCount(count, "connection")}</span> : <PresenceText state="offline" />)}
                {count === 0 && (
                  <span>
                    <LastSeen at={user.lastSeenAt} />
                  </span>
                )}
                <IdText id={user.userId} what="id of the user" />
              </span>
            }
            action={manages && <ActAsButton userId={userId} name={user.displayName ?? userId} />}
          />
          <div className="rounded-xl border border-line bg-surface">
            <Tabs
              label="Of this person"
              initial={tab}
              onChoose={(id) => void setQuery({ tab: id as (typeof tabIds)[number], before: null })}
              tabs={[
                { id: "profile", label: "Profile", content: <UserProfile key={userId} user={user} />, keeps: true },
                { id: "connections", label: "Connections", content: <UserConnections query={connections} /> },
                { id: "chats", label: "Chats", content: <UserChats userId={userId} /> },
                { id: "inbox", label: "Inbox", content: <UserInbox userId={userId} /> },
                { id: "preferences", label: "Preferences", content: <UserPreferences userId={userId} /> },
                { id: "access", label: "Access and data", content: <UserAccess userId={userId} /> },
              ]}
            />
          </div>
        </>
      )}
    </QueryView>
  );
}

function LastSeen({ at }: { at: string | undefined }) {
  return (
    <>
      last seen <When at={at} />
    </>
  );
}
