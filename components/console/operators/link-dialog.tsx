"use client";

import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Dialog } from "../../ui/dialog.tsx";
import type { Answers } from "../trpc.ts";

export interface LinkDialogProps {
  invitation: Answers["operators"]["invite"];
  onClose: () => void;
}

/** The link of an invitation, which nobody can look up later. */
export function LinkDialog({ invitation: { email, link, expiresAt }, onClose }: LinkDialogProps) {
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="The invitation is on its way"
      description={`To ${email}. Hand the link over yourself if the mail does not arrive; it is shown this once.`}
    >
      <div className="flex items-center gap-2 rounded-xl border border-line bg-sunken py-2 pr-2 pl-3">
        <code data-secret className="min-w-0 flex-1 break-all font-mono text-xs">
          {link}
        </code>
        <CopyButton text={link} what="the link" />
      </div>
      <p className="mt-3 text-muted text-sm">Good until {new Date(expiresAt).toLocaleString()}.</p>
      <div className="mt-4 flex justify-end">
        <Button variant="primary" onClick={onClose}>
          Done
        </Button>
      </div>
    </Dialog>
  );
}
