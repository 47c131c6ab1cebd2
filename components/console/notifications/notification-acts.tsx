"use client";

import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { type Answers, useTRPCClient } from "../trpc.ts";
import type { Delivery } from "./reasons.ts";
import { RescheduleDialog } from "./reschedule-dialog.tsx";

export interface NotificationActsProps {
  of: Answers["notifications"]["getAny"];
  deliveries: readonly Delivery[];
}

/** The mail that has brought it, or was to: of one that went into a digest, that one's. */
function mailToRepeat(status: NotificationActsProps["of"]["status"], deliveries: readonly Delivery[]) {
  const mails = deliveries.filter(({ channel }) => channel === "email");
  const mail = mails.find(({ kind }) => kind === "digest") ?? mails[0];
  return status === "cancelled" || mail?.status === "queued" || mail?.status === "not_asked" ? undefined : mail;
}

/** What one can still do with a notification. */
export function NotificationActs({ of, deliveries }: NotificationActsProps) {
  const { manages } = useConsole();
  const client = useTRPCClient();
  const toast = useToast();
  const { run, once, busy, failure } = useAct();
  const [asks, setAsks] = useState(false);
  const [changes, setChanges] = useState(false);
  const mail = mailToRepeat(of.status, deliveries);
  const scheduled = of.status === "scheduled";
  if (!manages || (!mail && of.status !== "visible" && !scheduled)) return null;

  async function resend(deliveryId: string) {
    if (await once({ deliveryId }, (asked) => client.deliveries.resend.mutate(asked)))
      toast({ title: "The mail goes out once more" });
  }

  async function remove() {
    const gone = await run(() => client.notifications.remove.mutate({ notificationId: of.id }));
    if (gone) toast({ title: `It is ${gone.status}` });
  }

  return (
    <div className="mb-5 space-y-3">
      <div className="flex flex-wrap gap-2">
        {scheduled && (
          <Button size="sm" disabled={busy} onClick={() => setChanges(true)}>
            Change
          </Button>
        )}
        {of.status !== "cancelled" && (
          <Button size="sm" variant="danger" disabled={busy} onClick={() => setAsks(true)}>
            {scheduled ? "Cancel it" : "Delete"}
          </Button>
        )}
        {/* Last, because it comes later than the others: they stay where they are. */}
        {mail && (
          <Button size="sm" disabled={busy} onClick={() => void resend(mail.id)}>
            Send the {mail.kind === "digest" ? "digest" : "mail"} again
          </Button>
        )}
      </div>
      <FailureNote failure={failure} />
      {changes && (
        <RescheduleDialog
          subject={of.subject}
          message={of.message}
          onClose={() => setChanges(false)}
          change={(change) => client.notifications.update.mutate({ notificationId: of.id, ...change })}
        />
      )}
      <ConfirmDialog
        open={asks}
        onOpenChange={setAsks}
        title={scheduled ? "Cancel this notification?" : "Delete this notification?"}
        confirm={scheduled ? "Cancel it" : "Delete"}
        dismiss="Leave it"
        onConfirm={() => void remove()}
      >
        <p>
          {scheduled
            ? `It will not appear in the inbox of ${of.userId}.`
            : `It disappears from the inbox of ${of.userId} for ever; mail that went out stays where it is.`}
        </p>
      </ConfirmDialog>
    </div>
  );
}
