"use client";

import { ConfirmDialog } from "../ui/dialog.tsx";

/** Stays until the session goes on: closing it would leave a page that does nothing. */
export default function SessionEndDialog({ onRetry }: { onRetry: () => void }) {
  return (
    <ConfirmDialog
      open
      onOpenChange={() => undefined}
      title="Your session has ended"
      confirm="Try again"
      variant="primary"
      dismiss={null}
      onConfirm={onRetry}
    >
      <p>
        What you were writing is kept. Sign in again in the app that opened this page; the chat then goes on where it
        was.
      </p>
    </ConfirmDialog>
  );
}
