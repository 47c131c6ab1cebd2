"use client";

import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { sayCount } from "../say-count.ts";
import { useTRPCClient } from "../trpc.ts";

type Fate = "send" | "cancel";

/** What is done with the mail that waits since the database was restored or moved: all of it is sent, or none. */
export function WaitingMail({ count }: { count: number }) {
  const { manages } = useConsole();
  const client = useTRPCClient();
  const toast = useToast();
  const { once, busy, refusal } = useAct();
  const [asked, setAsked] = useState<Fate>();
  const [fate, setFate] = useState<Fate>("send");
  const mails = sayCount(count, "mail");
  const ask = (wanted: Fate) => () => {
    setFate(wanted);
    setAsked(wanted);
  };

  async function settle() {
    const settled = await once({ action: fate }, (call) => client.deliveries.release.mutate(call));
    if (!settled) return toast(refusal("Not all that waits was settled"));
    const done = sayCount(settled.count, "mail");
    toast({ title: fate === "send" ? `${done} will go out` : `${done} cancelled` });
  }

  if (!manages) return <span className="text-muted">An owner or admin decides.</span>;
  return (
    <span className="flex gap-2">
      <Button size="sm" disabled={busy} onClick={ask("send")}>
        Send them
      </Button>
      <Button size="sm" variant="danger" disabled={busy} onClick={ask("cancel")}>
        Cancel them
      </Button>
      <ConfirmDialog
        open={asked !== undefined}
        onOpenChange={(open) => !open && setAsked(undefined)}
        title={fate === "send" ? `Send ${mails}?` : `Cancel ${mails}?`}
        confirm={fate === "send" ? "Send them" : "Cancel them"}
        dismiss={fate === "send" ? "Cancel" : "Let them wait"}
        variant={fate === "send" ? "primary" : "danger"}
        onConfirm={() => void settle()}
      >
        <p>
          {fate === "send"
            ? "Whoever got one before the database was restored gets it a second time."
            : "Whoever did not get one before the database was restored never gets it. The inbox keeps what is in it."}
        </p>
      </ConfirmDialog>
    </span>
  );
}
