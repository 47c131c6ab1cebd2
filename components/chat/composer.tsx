"use client";

import { ArrowUp } from "lucide-react";
import { type KeyboardEvent, useId, useState } from "react";
import { Button } from "../ui/button.tsx";
import type { Session } from "./session.ts";

export function Composer({ session }: { session: Session }) {
  const [text, setText] = useState("");
  const id = useId();

  function send() {
    const content = text.trim();
    if (content === "") return;
    session.outbox.add(content);
    setText("");
  }

  function onKeyDown(event: KeyboardEvent) {
    // While an input method composes, Enter belongs to it.
    if (event.key !== "Enter" || event.shiftKey || event.nativeEvent.isComposing) return;
    event.preventDefault();
    send();
  }

  return (
    <form
      className="flex items-end gap-2 border-t border-line p-3"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <label htmlFor={id} className="sr-only">
        Message
      </label>
      <textarea
        id={id}
        rows={1}
        value={text}
        dir="auto"
        placeholder={`Write as ${session.user.displayName.split(" ")[0]}`}
        onChange={(event) => {
          setText(event.target.value);
          session.typing();
        }}
        onKeyDown={onKeyDown}
        className="field-sizing-content max-h-32 min-h-9 w-full min-w-0 resize-none rounded-lg border border-line-strong/60 bg-bg px-3 py-1.5 text-base leading-6 placeholder:text-muted sm:text-sm sm:leading-6"
      />
      <Button type="submit" variant="primary" size="icon" className="size-9" aria-label="Send" title="Send (Enter)">
        <ArrowUp aria-hidden className="size-4" />
      </Button>
    </form>
  );
}
