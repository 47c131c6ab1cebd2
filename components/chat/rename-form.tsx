"use client";

import { useState } from "react";
import { sentenceOf } from "../../client/parley-error.ts";
import { useParley } from "../../client/react/provider.tsx";
import { Button } from "../ui/button.tsx";
import { Field, Input } from "../ui/field.tsx";
import { isComposing } from "../ui/is-composing.ts";
import { useToast } from "../ui/toast.tsx";
import { useClosed } from "../ui/use-closed.ts";

export interface RenameFormProps {
  chatId: string;
  /** As it is called now. */
  name: string;
  onEnd: () => void;
}

/** Another name for a group. Escape gives it up, and nothing else. */
export function RenameForm({ chatId, name, onEnd }: RenameFormProps) {
  const client = useParley();
  const toast = useToast();
  const closed = useClosed();
  const [written, setWritten] = useState(name);
  const [state, setState] = useState<"idle" | "busy" | { problem: string }>("idle");

  async function save() {
    const wanted = written.trim();
    if (wanted === name) return onEnd();
    setState("busy");
    try {
      await client.room(chatId).update({ name: wanted });
      if (!closed.current) onEnd();
    } catch (error) {
      const problem = `Not renamed: ${sentenceOf(error)}`;
      if (closed.current) toast({ title: problem, tone: "bad" });
      else setState({ problem });
    }
  }

  return (
    <form
      aria-label="Rename chat"
      className="space-y-3 border-line border-b p-4"
      onSubmit={(event) => {
        event.preventDefault();
        if (state !== "busy") void save();
      }}
      onKeyDown={(event) => {
        if (event.key !== "Escape" || isComposing(event)) return;
        event.stopPropagation();
        onEnd();
      }}
    >
      <Field
        label="Name"
        hint="Everybody in the chat sees it. Left empty, the chat has none."
        error={typeof state === "object" ? state.problem : undefined}
      >
        <Input
          autoFocus
          value={written}
          maxLength={200}
          autoComplete="off"
          onFocus={(event) => event.currentTarget.select()}
          onChange={(event) => setWritten(event.target.value)}
        />
      </Field>
      <div className="flex justify-end gap-2">
        <Button onClick={onEnd}>Cancel</Button>
        <Button type="submit" variant="primary" aria-disabled={state === "busy"}>
          Save
        </Button>
      </div>
    </form>
  );
}
