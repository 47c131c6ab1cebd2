"use client";

import { type FormEvent, useId, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { Dialog, DialogButtons } from "../../ui/dialog.tsx";
import { inputClass } from "../../ui/input-class.ts";
import { useAct } from "../act.tsx";
import { FailureNote } from "../failure-note.tsx";
import { ShownOnceDialog } from "../keys/shown-once-dialog.tsx";
import { type Answers, useTRPCClient } from "../trpc.ts";
import { shortAddress } from "./endpoint-state.tsx";

const overlaps = [
  { hours: 24, label: "for 24 hours" },
  { hours: 1, label: "for one hour" },
  { hours: 168, label: "for a week" },
  { hours: 0, label: "no more: it has leaked" },
];

/** A new secret, while the old one goes on signing beside it for as long as one needs to change over. */
export function RotateDialog({ of, onClose }: { of: Answers["webhooks"]["get"]; onClose: () => void }) {
  const client = useTRPCClient();
  const { once, busy, failure } = useAct();
  const [secret, setSecret] = useState<string>();
  const id = useId();

  async function rotate(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const overlapHours = Number(new FormData(event.currentTarget).get("overlapHours"));
    const fresh = await once({ webhookId: of.id, overlapHours }, (asked) => client.webhooks.rotate.mutate(asked));
    if (fresh) setSecret(fresh.secret);
  }

  if (secret) return <ShownOnceDialog what="secret" name={shortAddress(of.url)} secret={secret} onStored={onClose} />;
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      title="Rotate the secret"
      description="Deliveries are signed with the new secret from now on."
      className="w-[min(calc(100vw-2rem),26rem)]"
    >
      <form onSubmit={rotate} className="flex flex-col gap-4">
        <div className="flex flex-col gap-1.5">
          <label htmlFor={id} className="font-medium text-sm">
            The old one signs too
          </label>
          <select id={id} name="overlapHours" className={inputClass}>
            {overlaps.map(({ hours, label }) => (
              <option key={hours} value={hours}>
                {label}
              </option>
            ))}
          </select>
        </div>
        <FailureNote failure={failure} />
        <DialogButtons>
          <Button onClick={onClose}>Cancel</Button>
          <Button type="submit" variant="primary" disabled={busy}>
            Rotate
          </Button>
        </DialogButtons>
      </form>
    </Dialog>
  );
}
