"use client";

import { useParley, useParleyState } from "../../client/react/provider.tsx";
import type { Message } from "../../client/types.ts";
import { ConfirmDialog } from "../ui/dialog.tsx";
import { nameOf } from "./names.ts";

export interface DeleteQuestionProps {
  message: Message;
  open: boolean;
  onOpenChange: (open: boolean) => void;
  onDelete: () => void;
  /** The row of the message, which stays. */
  rowOf: () => HTMLElement | null;
}

/** Before a message is taken away from everybody: one key does it, and nothing brings it back. */
export default function DeleteQuestion({ message, open, onOpenChange, onDelete, rowOf }: DeleteQuestionProps) {
  const client = useParley();
  const author = useParleyState((state) => nameOf(state.people, message.senderId));
  return (
    <ConfirmDialog
      open={open}
      onOpenChange={onOpenChange}
      title={message.senderId === client.me ? "Delete your message?" : `Delete the message of ${author}?`}
      confirm="Delete"
      onConfirm={onDelete}
      confirmsByEnter
      returnTo={rowOf}
    >
      <p dir="auto" className="line-clamp-3 wrap-anywhere border-line border-l-2 pl-2 text-text">
        {message.content}
      </p>
      <p>Nobody in this chat can read it any more. This cannot be undone.</p>
    </ConfirmDialog>
  );
}
