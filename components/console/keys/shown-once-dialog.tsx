"use client";

import { type ReactNode, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { ConfirmlessDialog } from "../confirmless-dialog.tsx";

export interface ShownOnceDialogProps {
  name?: string;
  /** What it is; a key unless given. */
  what?: string;
  /** Instead of "The key “name”". */
  title?: string;
  /** What to do with it; to keep it among the backend's secrets unless given. */
  advice?: ReactNode;
  secret: string;
  /** What one says to get out. */
  confirmation?: string;
  onStored: () => void;
}

/** A secret, this one time. The only way out says that it was stored. */
export function ShownOnceDialog(props: ShownOnceDialogProps) {
  const { name, what = "key", title = `The ${what} “${name}”`, secret, onStored } = props;
  const { advice = "Put it where your backend keeps its secrets.", confirmation = "I have stored it" } = props;
  const [stored, setStored] = useState(false);
  return (
    <ConfirmlessDialog title={title}>
      <p className="text-muted text-sm leading-6">This is the only time that it is shown. {advice}</p>
      <div className="mt-4 flex items-center gap-2 rounded-xl border border-line bg-sunken py-2 pr-2 pl-3">
        <code data-secret className="min-w-0 flex-1 whitespace-pre-line break-all font-mono text-xs">
          {secret}
        </code>
        <CopyButton text={secret} what={`the ${what}`} />
      </div>
      <label className="mt-4 flex min-h-9 items-center gap-2.5 text-sm">
        <input
          type="checkbox"
          checked={stored}
          onChange={(event) => setStored(event.target.checked)}
          className="size-4 accent-(--accent)"
        />
        {confirmation}
      </label>
      <div className="mt-4 flex justify-end">
        <Button variant="primary" disabled={!stored} onClick={onStored}>
          Done
        </Button>
      </div>
    </ConfirmlessDialog>
  );
}
