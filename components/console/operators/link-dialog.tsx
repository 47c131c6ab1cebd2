"use client";

import { ShownOnceDialog } from "../keys/shown-once-dialog.tsx";
import type { Answers } from "../trpc.ts";

export interface LinkDialogProps {
  invitation: Answers["operators"]["invite"];
  onClose: () => void;
}

/** The link of an invitation, which nobody can look up later. */
export function LinkDialog({ invitation: { email, link, expiresAt }, onClose }: LinkDialogProps) {
  return (
    <ShownOnceDialog
      what="link"
      title="The invitation is on its way"
      secret={link}
      advice={`The mail goes to ${email}: hand the link over yourself if it does not arrive. Good until ${new Date(expiresAt).toLocaleString()}.`}
      confirmation="I have it, or the mail is enough"
      onStored={onClose}
    />
  );
}
