"use client";

import { useRouter } from "next/navigation";
import { type FormEvent, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { Field, Input, Textarea } from "../../ui/field.tsx";
import { NativeSelect } from "../../ui/native-select.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import type { JsonObject } from "../json-field.tsx";
import { sayCount } from "../say-count.ts";
import { useFollowStored } from "../settings/use-follow-stored.ts";
import { type Answers, useTRPCClient } from "../trpc.ts";
import { asDrawn, isTyped } from "../typed-name.ts";
import { changesOf } from "./chat-changes.ts";

type Chat = Answers["adminChats"]["get"];

/** What the chat is called, who manages it, what you keep beside it; and its end. */
export function SettingsTab({ chat }: { chat: Chat }) {
  const { manages } = useConsole();
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, failure } = useAct();
  const { form: followed, beginSave } = useFollowStored();
  const [chosen, choose] = useState<Chat["policy"]>();
  const policy = chosen ?? chat.policy;
  const metadataText = JSON.stringify(chat.metadata, null, 2);
  const [wrong, setWrong] = useState<string>();
  const fixed = !manages || chat.deletedAt !== undefined;

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const metadata = readObject(String(form.get("metadata") ?? ""));
    setWrong(metadata ? undefined : "is no JSON object");
    if (!metadata) return;
    const name = String(form.get("name") ?? "").trim();
    const stored = { name: chat.name, policy: chat.policy, metadata: chat.metadata as JsonObject };
    const changes = changesOf(stored, { name, policy, metadata });
    const isChanged = Object.keys(changes).length > 0;
    const taken = beginSave();
    if (isChanged && !(await run(() => client.adminChats.update.mutate({ chatId: chat.id, ...changes })))) return;
    taken();
    choose((later) => (later === policy ? undefined : later));
    toast({ title: "Saved" });
  }

  return (
    <div className="max-w-xl p-4">
      <form {...followed} onSubmit={submit} className="flex flex-col gap-5">
        <Field label="Name" error={failure?.fields.name}>
          <Input
            name="name"
            defaultValue={chat.name}
            data-stored={chat.name}
            maxLength={200}
            autoComplete="off"
            disabled={fixed}
          />
        </Field>
        <div className="flex flex-col gap-1.5 text-sm">
          <span className="font-medium">Who adds, removes and renames</span>
          {fixed ? (
            policyNames[policy]
          ) : (
            <NativeSelect
              label="Who adds, removes and renames"
              value={policy}
              options={[
                { value: "open", label: policyNames.open },
                { value: "moderated", label: policyNames.moderated },
              ]}
              onChange={choose}
              className="w-64"
            />
          )}
        </div>
        <Field label="Metadata" hint="Your own JSON object, at most 8 KiB." error={wrong ?? failure?.fields.metadata}>
          <Textarea
            name="metadata"
            rows={5}
            defaultValue={metadataText}
            data-stored={metadataText}
            disabled={fixed}
            className="font-mono text-xs"
          />
        </Field>
        <FailureNote failure={failure} />
        {!fixed && (
          <div>
            <Button type="submit" variant="primary" disabled={busy}>
              Save
            </Button>
          </div>
        )}
      </form>
      {!fixed && <DeleteChat chat={chat} />}
    </div>
  );
}

const policyNames = { open: "Any member", moderated: "Owner and moderators" };

/** A JSON object as somebody typed it; undefined when it is none. */
export function readObject(text: string): Record<string, never> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return value !== null && typeof value === "object" && !Array.isArray(value)
      ? (value as Record<string, never>)
      : undefined;
  } catch {
    return undefined;
  }
}

function DeleteChat({ chat }: { chat: Chat }) {
  const { base } = useConsole();
  const client = useTRPCClient();
  const router = useRouter();
  const { run, failure } = useAct();
  const [open, setOpen] = useState(false);
  const [typed, setTyped] = useState("");

  async function remove() {
    if (await run(() => client.adminChats.delete.mutate({ chatId: chat.id, name: chat.name })))
      router.push(`${base}/chats`);
  }

  return (
    <section aria-labelledby="delete-title" className="mt-8 border-line border-t pt-6">
      <h2 id="delete-title" className="font-medium">
        Delete this chat
      </h2>
      <p className="mt-1 mb-3 text-muted text-sm">
        Everybody in it loses it at once, with {sayCount(chat.lastSeq, "message")}. It cannot be brought back.
      </p>
      <FailureNote failure={failure} className="mb-3" />
      <ConfirmDialog
        open={open}
        onOpenChange={(now) => {
          setOpen(now);
          setTyped("");
        }}
        title="Delete this chat?"
        confirm="Delete it"
        barred={!isTyped(typed, chat.name)}
        onConfirm={() => void remove()}
        trigger={<Button variant="danger">Delete…</Button>}
      >
        {asDrawn(chat.name) === "" ? (
          <p>It has no name; there is nothing to type.</p>
        ) : (
          <Field label={`Type ${chat.name}`}>
            <Input value={typed} onChange={(event) => setTyped(event.target.value)} autoComplete="off" />
          </Field>
        )}
      </ConfirmDialog>
    </section>
  );
}
