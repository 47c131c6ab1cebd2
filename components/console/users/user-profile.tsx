"use client";

import type { FormEvent } from "react";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Field, Input, Textarea } from "../../ui/field.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { readObject } from "../chats/chat-settings.tsx";
import { useConsole } from "../console-context.ts";
import { differing } from "../differing.ts";
import { FailureNote } from "../failure-note.tsx";
import { useFollowStored } from "../settings/use-follow-stored.ts";
import { type Answers, useTRPCClient } from "../trpc.ts";
import { changeProfile, shownOf } from "./change-profile.ts";

const fields = [
  { name: "displayName", label: "Name", maxLength: 200 },
  { name: "email", label: "Address", maxLength: 320, type: "email" },
  { name: "avatarUrl", label: "Picture", maxLength: 2048, hint: "An http, https or data:image address." },
  { name: "locale", label: "Language", maxLength: 35, hint: "Such as en or de-CH." },
  { name: "timezone", label: "Time zone", maxLength: 64, hint: "Such as Europe/London." },
] as const;

/** What is stored of a person, to be changed. */
export function UserProfile({ user }: { user: Answers["users"]["get"] }) {
  const { manages } = useConsole();
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, failure } = useAct();
  const { form: followed, beginSave } = useFollowStored();
  const began = shownOf(user);
  const metadataText = JSON.stringify(user.metadata, null, 2);
  const [wrong, setWrong] = useState<string>();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const metadata = readObject(String(form.get("metadata") ?? ""));
    setWrong(metadata ? undefined : "is no JSON object");
    if (!metadata) return;
    const said = Object.fromEntries(fields.map(({ name }) => [name, String(form.get(name) ?? "").trim()]));
    const changes = differing({ ...began, ...said, metadata }, began);
    const taken = beginSave();
    if (!(await run(() => changeProfile(client, user.userId, changes)))) return;
    taken();
    toast({ title: "Saved" });
  }

  return (
    <form {...followed} onSubmit={submit} className="flex max-w-xl flex-col gap-5 p-4">
      {fields.map(({ name, label, ...rest }) => (
        <Field key={name} label={label} hint={"hint" in rest ? rest.hint : undefined} error={failure?.fields[name]}>
          <Input
            name={name}
            type={"type" in rest ? rest.type : "text"}
            maxLength={rest.maxLength}
            defaultValue={user[name] ?? ""}
            data-stored={user[name] ?? ""}
            autoComplete="off"
            disabled={!manages}
          />
        </Field>
      ))}
      <Field label="Metadata" hint="Your own JSON object, at most 8 KiB." error={wrong ?? failure?.fields.metadata}>
        <Textarea
          name="metadata"
          rows={5}
          defaultValue={metadataText}
          data-stored={metadataText}
          disabled={!manages}
          className="font-mono text-xs"
        />
      </Field>
      <FailureNote failure={failure} />
      {manages && (
        <div>
          <Button type="submit" variant="primary" disabled={busy}>
            Save
          </Button>
        </div>
      )}
    </form>
  );
}
