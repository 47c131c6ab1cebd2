"use client";

import { useQuery } from "@tanstack/react-query";
import { useRouter } from "next/navigation";
import { parseAsString, parseAsStringLiteral, useQueryStates } from "nuqs";
import { Button } from "../../ui/button.tsx";
import { Tabs } from "../../ui/tabs.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { IdText } from "../id-text.tsx";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { sayCount } from "../say-count.ts";
import { useTRPC, useTRPCClient } from "../trpc.ts";
import { useTitle } from "../use-title.ts";
import { When } from "../when.tsx";
import { EventsTab } from "./chat-events.tsx";
import { MembersTab } from "./chat-members.tsx";
import { chatName } from "./chat-name.ts";
import { SettingsTab } from "./chat-settings.tsx";
import { MessagesTab } from "./chat-timeline.tsx";
import { ChatState } from "./chats-page.tsx";

const tabIds = ["messages", "members", "events", "settings"] as const;
/** The tab, and how far in its list: another tab begins at its own beginning. */
const shown = {
  tab: parseAsStringLiteral(tabIds).withDefault("messages"),
  before: parseAsString,
  after: parseAsString,
};

/** One chat as whoever runs the tenant sees it, live: what is written, who is in it, every event, and what can be changed. */
export function ChatPage({ chatId }: { chatId: string }) {
  const { manages } = useConsole();
  const trpc = useTRPC();
  const [{ tab }, setQuery] = useQueryStates(shown);
  const query = useQuery(trpc.adminChats.get.queryOptions({ chatId }));
  useTitle(query.data && chatName(query.data), "Chats");
  return (
    <QueryView query={query} title="Chat">
      {(chat) => (
        <>
          <PageHeader
            title={chatName(chat)}
            lead={
              <span className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <ChatState chat={chat} />
                <span>
                  {sayCount(chat.memberCount, "member")}, {sayCount(chat.lastSeq, "message")}, active{" "}
                  <When at={chat.activeAt} />
                </span>
                <IdText id={chat.id} what="id of the chat" />
              </span>
            }
            action={
              manages && <ChatActs chatId={chatId} frozen={chat.frozen} isDeleted={chat.deletedAt !== undefined} />
            }
          />
          <div className="rounded-xl border border-line bg-surface">
            <Tabs
              label="Of this chat"
              initial={tab}
              onChoose={(id) => void setQuery({ tab: id as (typeof tabIds)[number], before: null, after: null })}
              tabs={[
                { id: "messages", label: "Messages", content: <MessagesTab chat={chat} /> },
                { id: "members", label: "Members", content: <MembersTab chat={chat} /> },
                { id: "events", label: "Events", content: <EventsTab chatId={chatId} /> },
                { id: "settings", label: "Settings", content: <SettingsTab key={chat.id} chat={chat} />, keeps: true },
              ]}
            />
          </div>
        </>
      )}
    </QueryView>
  );
}

function ChatActs({ chatId, frozen, isDeleted }: { chatId: string; frozen: boolean; isDeleted: boolean }) {
  const { base } = useConsole();
  const { run, once, busy, failure, refusal } = useAct();
  const client = useTRPCClient();
  const router = useRouter();
  const toast = useToast();
  const change = (to: boolean) => run(() => client.adminChats.update.mutate({ chatId, frozen: to }));

  async function freeze() {
    if (!(await change(!frozen))) return;
    const undo = async () => {
      if (!(await change(frozen))) toast(refusal(frozen ? "Everybody may still write" : "It is still frozen"));
    };
    toast({
      title: frozen ? "Everybody may write again" : "Only owner and moderators write now",
      action: { label: "Undo", onClick: () => void undo() },
    });
  }

  async function exportChat() {
    const task = await once({ chatId }, (asked) => client.adminChats.export.mutate(asked));
    if (task)
      toast({
        title: "The export has started",
        action: { label: "View", onClick: () => router.push(`${base}/tasks`) },
      });
  }

  return (
    <>
      {!isDeleted && (
        <Button disabled={busy} onClick={() => void freeze()}>
          {frozen ? "Unfreeze" : "Freeze"}
        </Button>
      )}
      <Button disabled={busy} onClick={() => void exportChat()}>
        Export
      </Button>
      <FailureNote failure={failure} className="basis-full" />
    </>
  );
}
