"use client";

import { LogOut, Pencil, UserMinus } from "lucide-react";
import { useRef, useState } from "react";
import { sentenceOf } from "../../client/parley-error.ts";
import { useParley, useParleyState } from "../../client/react/provider.tsx";
import { usePresence } from "../../client/react/use-presence.ts";
import type { Member, Person } from "../../client/types.ts";
import { Avatar } from "../ui/avatar.tsx";
import { Badge } from "../ui/badge.tsx";
import { Button } from "../ui/button.tsx";
import type { ComboboxItem } from "../ui/combobox.tsx";
import { ConfirmDialog } from "../ui/dialog.tsx";
import { Drawer } from "../ui/drawer.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { useToast } from "../ui/toast.tsx";
import { useClosed } from "../ui/use-closed.ts";
import { mayManage, mayRemove } from "./members-rights.ts";
import { MembersToCome } from "./members-to-come.tsx";
import { MoreMembers } from "./more-members.tsx";
import { nameOf, titleOf } from "./names.ts";
import { PeopleField } from "./people-field.tsx";
import { PresenceDot, presenceWords } from "./presence-dot.tsx";
import { RenameForm } from "./rename-form.tsx";
import { useMinute } from "./use-minute.ts";

export interface MembersPanelProps {
  chatId: string;
  people: readonly Person[];
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onLeft: () => void;
}

/** Who is in a chat, how they are, and who comes and goes; and how a group is called. */
export default function MembersPanel({ chatId, people: given, open, onOpenChange, onLeft }: MembersPanelProps) {
  const client = useParley();
  const toast = useToast();
  const closed = useClosed();
  const state = useParleyState(({ chats }) => chats[chatId]);
  const people = useParleyState((known) => known.people);
  const members = state?.members;
  const presence = usePresence(open ? (members?.map(({ userId }) => userId) ?? []) : []);
  const minute = useMinute();
  const [adding, setAdding] = useState<ComboboxItem[]>([]);
  const [problem, setProblem] = useState("");
  const [leaving, setLeaving] = useState(false);
  const [renaming, setRenaming] = useState(false);
  const rename = useRef<HTMLButtonElement>(null);
  const [removing, setRemoving] = useState<{ userId: string; open: boolean }>();
  if (!state) return null;
  const { chat } = state;
  const room = client.room(chatId);

  async function attempt(doing: string, work: () => Promise<void>) {
    setProblem("");
    try {
      await work();
      return true;
    } catch (error) {
      const sentence = `${doing}: ${sentenceOf(error)}`;
      if (closed.current) toast({ title: sentence, tone: "bad" });
      else setProblem(sentence);
      return false;
    }
  }

  return (
    <Drawer
      open={open}
      onOpenChange={onOpenChange}
      title={`Members of ${titleOf(state, people)}`}
      actions={
        mayManage(chat) && (
          <IconButton ref={rename} icon={Pencil} label="Rename chat" onClick={() => setRenaming(true)} />
        )
      }
      className="sm:w-[22rem]"
    >
      {renaming && (
        <RenameForm
          chatId={chatId}
          name={chat.name}
          onEnd={() => {
            setRenaming(false);
            rename.current?.focus();
          }}
        />
      )}
      {problem && <ErrorNote className="m-4">{problem}</ErrorNote>}
      {members ? (
        <ul aria-label="Members" className="px-2 py-3">
          {members.map((member) => (
            <MemberRow
              key={member.userId}
              member={member}
              name={nameOf(people, member.userId)}
              isMe={member.userId === client.me}
              dot={<PresenceDot presence={presence[member.userId]} className="absolute right-0 bottom-0" />}
              words={presenceWords(presence[member.userId], minute)}
              onRemove={
                member.userId !== client.me && mayRemove(chat, member)
                  ? () => setRemoving({ userId: member.userId, open: true })
                  : undefined
              }
            />
          ))}
        </ul>
      ) : (
        <MembersToCome chatId={chatId} />
      )}
      <MoreMembers chatId={chatId} />
      {mayManage(chat) && (
        <form
          className="space-y-2 border-line border-t p-4"
          onSubmit={(event) => {
            event.preventDefault();
            if (adding.length === 0) return;
            const ids = adding.map(({ value }) => value);
            void attempt("Not added", async () => {
              await room.addMembers(ids);
              setAdding((now) => now.filter(({ value }) => !ids.includes(value)));
            });
          }}
        >
          <p className="font-medium text-sm">Add people</p>
          <PeopleField
            label="Add people"
            given={given}
            without={members?.map(({ userId }) => userId)}
            value={adding}
            onChange={setAdding}
          />
          <Button type="submit" disabled={adding.length === 0}>
            Add
          </Button>
        </form>
      )}
      {chat.kind === "group" && (
        <div className="border-line border-t p-4">
          <Button variant="danger" onClick={() => setLeaving(true)}>
            <LogOut aria-hidden className="size-4" />
            Leave chat
          </Button>
        </div>
      )}
      <ConfirmDialog
        open={leaving}
        onOpenChange={setLeaving}
        title="Leave this chat?"
        confirm="Leave"
        onConfirm={() => {
          void attempt("Not left", () => room.removeMember(client.me)).then((left) => left && onLeft());
        }}
      >
        <p>You will see nothing of it any more until somebody adds you again. What you wrote stays.</p>
      </ConfirmDialog>
      {removing && (
        <ConfirmDialog
          open={removing.open}
          onOpenChange={(open) => setRemoving({ ...removing, open })}
          title={`Remove ${nameOf(people, removing.userId)}?`}
          confirm="Remove"
          onConfirm={() => void attempt("Not removed", () => room.removeMember(removing.userId))}
        >
          <p>They see nothing of this chat any more until somebody adds them again. What they wrote stays.</p>
        </ConfirmDialog>
      )}
    </Drawer>
  );
}

interface MemberRowProps {
  member: Member;
  name: string;
  isMe: boolean;
  dot: React.ReactNode;
  words: string;
  onRemove: (() => void) | undefined;
}

function MemberRow({ member, name, isMe, dot, words, onRemove }: MemberRowProps) {
  return (
    <li className="flex items-center gap-3 rounded-lg px-2 py-1.5">
      <span className="relative shrink-0">
        <Avatar name={name} src={member.user.avatarUrl} className="size-9" />
        {dot}
      </span>
      <span className="min-w-0 flex-1">
        <span className="block truncate text-sm">
          {name}
          {isMe && " (you)"}
        </span>
        <span className="block text-muted text-xs">{words}</span>
      </span>
      {member.role !== "member" && <Badge>{member.role}</Badge>}
      {onRemove && <IconButton icon={UserMinus} label={`Remove ${name}`} onClick={onRemove} />}
    </li>
  );
}
