"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Users } from "lucide-react";
import Link from "next/link";
import type { FormEvent, KeyboardEvent } from "react";
import { Button } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { inputClass } from "../../ui/input-class.ts";
import { isComposing } from "../../ui/is-composing.ts";
import { Select } from "../../ui/select.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { CursorPager, useCursor } from "../cursor-pager.tsx";
import { type Column, DataTable } from "../data-table.tsx";
import { FailureNote } from "../failure-note.tsx";
import { PersonText } from "../person-text.tsx";
import { QueryView } from "../query-view.tsx";
import { readIds } from "../read-ids.ts";
import { type Answers, useTRPC, useTRPCClient } from "../trpc.ts";
import { When } from "../when.tsx";
import { MuteAct } from "./mute-act.tsx";
import { restoreMember } from "./restore-member.ts";

type Member = Answers["adminChats"]["listMembers"]["data"][number];

/** Who is in the chat: role, how far they have read, whether they may write. */
export function MembersTab({ chat }: { chat: Answers["adminChats"]["get"] }) {
  const { base, manages } = useConsole();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, failure, refusal } = useAct();
  const after = useCursor("name");
  const chatId = chat.id;
  const query = useQuery(
    trpc.adminChats.listMembers.queryOptions(
      { chatId, limit: 25, ...(after ? { after } : {}) },
      { placeholderData: keepPreviousData },
    ),
  );
  const changes = manages && chat.deletedAt === undefined;
  // A direct chat keeps its two.
  const mayGo = changes && chat.kind === "group";

  async function remove(member: Member) {
    const { userId } = member;
    const removed = await run(() => client.adminChats.removeMember.mutate({ chatId, userId }));
    if (!removed) return;
    const undo = async () => {
      const back = await run(() => restoreMember(client, { chatId, member, removed }));
      // The toast outlives this tab, which shows the failure.
      if (!back) toast(refusal(`${userId} is not back as before`));
      else if (back === "owns")
        toast({
          title: `${userId} owns the chat now`,
          description: "Nobody else is in it. Add its owner, then change the roles.",
        });
      else if (back === "present")
        toast({ title: `${userId} is in the chat already`, description: "Somebody has added them: look at the role." });
    };
    toast({ title: `Removed ${userId}`, action: { label: "Undo", onClick: () => void undo() } });
  }

  function mute({ userId }: Member, until: string) {
    void run(() => client.adminChats.updateMember.mutate({ chatId, userId, mutedUntil: until }));
  }

  async function add(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = event.currentTarget;
    const userIds = readIds(String(new FormData(form).get("userIds") ?? ""));
    if (userIds.length > 0 && (await run(() => client.adminChats.addMembers.mutate({ chatId, userIds })))) form.reset();
  }

  const columns: Column<Member>[] = [
    {
      header: "User",
      cell: ({ userId, user }) => (
        <Link
          className="font-medium underline-offset-4 hover:underline"
          href={`${base}/users/${encodeURIComponent(userId)}`}
        >
          <PersonText userId={userId} name={user.displayName} />
        </Link>
      ),
    },
    {
      header: "Role",
      cell: ({ userId, role }) =>
        changes ? (
          <Select
            label={`Role of ${userId}`}
            value={role}
            options={(["owner", "moderator", "member"] as const).map((value) => ({ value, label: value }))}
            onChange={(value) => void run(() => client.adminChats.updateMember.mutate({ chatId, userId, role: value }))}
            className="w-32"
          />
        ) : (
          role
        ),
    },
    {
      header: "Read",
      cell: ({ lastReadSeq }) => `${lastReadSeq.toLocaleString()} of ${chat.lastSeq.toLocaleString()}`,
    },
    { header: "Joined", cell: ({ joinedAt }) => <When at={joinedAt} /> },
    { header: "Muted", cell: (member) => <Muted member={member} /> },
  ];
  if (changes)
    columns.push({
      header: "Do",
      cell: (member) => (
        <span className="flex flex-wrap items-center gap-2">
          <MuteAct userId={member.userId} muted={isMuted(member)} busy={busy} mute={(until) => mute(member, until)} />
          {mayGo && (
            <Button
              size="sm"
              disabled={busy}
              aria-label={`Remove ${member.userId}`}
              onClick={() => void remove(member)}
            >
              Remove
            </Button>
          )}
        </span>
      ),
    });

  return (
    <div className="p-4">
      {mayGo && (
        <form onSubmit={add} className="mb-4 flex flex-wrap gap-2">
          {/* One line to look at and at Enter, yet it keeps the lines of a column that is pasted: ids may have blanks. */}
          <textarea
            name="userIds"
            aria-label="Users to add"
            placeholder="Ids of users to add"
            rows={1}
            onKeyDown={submitByEnter}
            className={cn(
              inputClass,
              "field-sizing-content h-auto max-h-40 min-h-9 resize-none py-[5px] leading-6 sm:w-64 sm:leading-6",
            )}
          />
          <Button type="submit" disabled={busy}>
            Add
          </Button>
        </form>
      )}
      <FailureNote failure={failure} className="mb-3" />
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.length === 0,
          show: <EmptyState icon={Users} title="Nobody is in this chat" />,
        }}
      >
        {(page) => (
          <>
            <DataTable label="Members" columns={columns} rows={page.data} idOf={({ userId }) => userId} />
            {"nextCursor" in page && <CursorPager nextCursor={page.nextCursor} order="name" />}
          </>
        )}
      </QueryView>
    </div>
  );
}

function submitByEnter(event: KeyboardEvent<HTMLTextAreaElement>) {
  if (event.key !== "Enter" || event.shiftKey || isComposing(event)) return;
  event.preventDefault();
  // As a press of its button, so not while that is barred.
  event.currentTarget.form?.querySelector<HTMLButtonElement>("[type=submit]")?.click();
}

function isMuted({ mutedUntil }: Member): boolean {
  return mutedUntil !== null && Date.parse(mutedUntil) > Date.now();
}

function Muted({ member }: { member: Member }) {
  if (!isMuted(member)) return <span className="text-muted">no</span>;
  if (Date.parse(member.mutedUntil ?? "") > Date.parse("9000-01-01")) return "until further notice";
  return (
    <>
      ends <When at={member.mutedUntil ?? undefined} />
    </>
  );
}
