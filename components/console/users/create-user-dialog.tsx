"use client";

import type { FormEvent } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogButtons } from "../../ui/dialog.tsx";
import { Field, Input } from "../../ui/field.tsx";
import { useAct } from "../act.tsx";
import { FailureNote } from "../failure-note.tsx";
import { failureOf } from "../problem.ts";
import { useTRPCClient } from "../trpc.ts";

export function CreateUserDialog({ onClose, onMade }: { onClose: () => void; onMade: (userId: string) => void }) {
  const client = useTRPCClient();
  const { run, busy, failure } = useAct();

  async function submit(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const displayName = String(form.get("displayName") ?? "").trim();
    const userId = String(form.get("userId") ?? "").trim();
    const made = await run(async () => {
      // A profile is stored as a whole: that of somebody who has one would be lost.
      const known = await findUser(client, userId);
      return known ?? (await client.users.put.mutate({ userId, ...(displayName ? { displayName } : {}) }));
    });
    if (made) onMade(made.userId);
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Add a user"
      description="Only a profile: whoever gets a token of this id is this user. One that is there is opened as it is."
    >
      <form onSubmit={submit} className="flex flex-col gap-5">
        <Field label="Id" hint="Your own id of the user; it never changes." error={failure?.fields.userId}>
          <Input name="userId" required maxLength={128} autoComplete="off" autoFocus />
        </Field>
        <Field label="Name" error={failure?.fields.displayName}>
          <Input name="displayName" maxLength={200} autoComplete="off" />
        </Field>
        <FailureNote failure={failure} />
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            Add
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}

/** By a search, as far as that tells: asked for by id, somebody who is not there is a fault, which the browser notes. */
async function findUser(client: ReturnType<typeof useTRPCClient>, userId: string) {
  const pageSize = 100;
  const { data } = await client.users.list.query({ search: userId, pageNumber: 1, pageSize });
  const found = data.find((one) => one.userId === userId);
  if (found || data.length < pageSize) return found;
  return client.users.get.query({ userId }).catch((error) => {
    if (failureOf(error).code !== "not_found") throw error;
    return undefined;
  });
}
