"use client";

import { useRef, useState } from "react";
import { newKey } from "../../client/new-key.ts";
import { sentenceOf } from "../../client/parley-error.ts";
import { useParley } from "../../client/react/provider.tsx";
import type { Person } from "../../client/types.ts";
import { Button } from "../ui/button.tsx";
import type { ComboboxItem } from "../ui/combobox.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { ErrorNote } from "../ui/error-note.tsx";
import { Field, Input } from "../ui/field.tsx";
import { useToast } from "../ui/toast.tsx";
import { useClosed } from "../ui/use-closed.ts";
import { PeopleField } from "./people-field.tsx";

export interface NewChatDialogProps {
  open: boolean;
  onOpenChange: (open: boolean) => void;
  people: readonly Person[];
  onMade: (chatId: string) => void;
}

/** One other person without a name for it makes a direct chat; the one that exists is opened again. */
export default function NewChatDialog({ open, onOpenChange, people, onMade }: NewChatDialogProps) {
  const client = useParley();
  const toast = useToast();
  const closed = useClosed();
  const [chosen, setChosen] = useState<ComboboxItem[]>([]);
  const [name, setName] = useState("");
  const [state, setState] = useState<"idle" | "busy" | { problem: string }>("idle");
  // The same group once, also when its answer is lost and one presses again.
  const asked = useRef({ text: "", idempotencyKey: "" });
  const isDirect = chosen.length === 1 && name.trim() === "";

  async function make() {
    if (chosen.length === 0) return setState({ problem: "Choose at least one person." });
    setState("busy");
    const memberUserIds = chosen.map(({ value }) => value);
    const wanted = isDirect
      ? { kind: "direct" as const, memberUserIds }
      : { kind: "group" as const, memberUserIds, ...(name.trim() && { name: name.trim() }) };
    const text = JSON.stringify(wanted);
    if (asked.current.text !== text) asked.current = { text, idempotencyKey: newKey() };
    try {
      const chat = await client.createChat(wanted, asked.current);
      if (closed.current) {
        // By then one may be writing in another chat, or choosing people for one.
        toast({ title: "The chat is made", action: { label: "Open", onClick: () => onMade(chat.id) } });
        return;
      }
      asked.current = { text: "", idempotencyKey: "" };
      setChosen([]);
      setName("");
      setState("idle");
      onOpenChange(false);
      onMade(chat.id);
    } catch (error) {
      setState({ problem: sentenceOf(error) });
    }
  }

  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      title="New chat"
      description="One person makes a direct chat, several or a name make a group."
      footer={
        <>
          <Button onClick={() => onOpenChange(false)}>Cancel</Button>
          <Button variant="primary" disabled={state === "busy"} onClick={make}>
            {isDirect ? "Open direct chat" : "Create group"}
          </Button>
        </>
      }
    >
      <div className="space-y-4">
        <div className="space-y-1.5">
          <p aria-hidden className="font-medium text-sm">
            People
          </p>
          <PeopleField label="People" given={people} value={chosen} onChange={setChosen} />
        </div>
        <Field label="Name" hint="Of a group. Left out, the chat has none.">
          <Input value={name} maxLength={200} onChange={(event) => setName(event.target.value)} />
        </Field>
        {typeof state === "object" && <ErrorNote>{state.problem}</ErrorNote>}
      </div>
    </Dialog>
  );
}
