"use client";

import { Ellipsis, KeyRound, Pencil, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog, Dialog } from "../../ui/dialog.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { differing } from "../differing.ts";
import { type Answers, useTRPCClient } from "../trpc.ts";
import { openingFrom } from "../use-opened.ts";
import { useDeliveryFilters } from "./delivery-filters.ts";
import { choicesOf, EndpointForm } from "./endpoint-form.tsx";
import { shortAddress } from "./endpoint-state.tsx";
import { ReplayDialog } from "./replay-dialog.tsx";
import { RotateDialog } from "./rotate-dialog.tsx";
import { SampleDialog } from "./sample-dialog.tsx";

type Webhook = Answers["webhooks"]["get"];

/** What one does with an endpoint. */
export function EndpointActions({ of }: { of: Webhook }) {
  const { base } = useConsole();
  const client = useTRPCClient();
  const router = useRouter();
  const toast = useToast();
  const { run, once, busy, refusal } = useAct();
  const [{ open }, setOpen] = useDeliveryFilters();
  const [asked, setAsked] = useState<"sample" | "replay" | "rotate" | "edit" | "delete">();
  const close = () => {
    setAsked(undefined);
    setMissedFrom(undefined);
  };
  const name = shortAddress(of.url);
  const active = of.state === "active";

  const [missedFrom, setMissedFrom] = useState<string>();

  async function setState(state: "active" | "paused") {
    // Since when nothing got through is forgotten once it is enabled; a minute before, the first of what failed was made.
    const missed = of.state === "disabled" && of.failingSince && new Date(Date.parse(of.failingSince) - 60_000);
    const changed = await run(() => client.webhooks.update.mutate({ webhookId: of.id, state }));
    if (changed && missed) {
      setMissedFrom(missed.toISOString());
      setAsked("replay");
    }
    toast(changed ? { title: `${name} is ${changed.state}` } : refusal(`${name} was left as it is`));
  }

  async function ping() {
    const sent = await once({ webhookId: of.id, type: "ping" as const }, (asked) =>
      client.webhooks.sendSample.mutate(asked),
    );
    if (sent) void setOpen({ open: sent.webhookDeliveryId }, openingFrom(open));
    else toast(refusal(`${name} was not pinged`));
  }

  async function remove() {
    const gone = await run(() => client.webhooks.delete.mutate({ webhookId: of.id }), { leaves: true });
    if (gone) router.push(`${base}/webhooks`);
    else toast(refusal(`${name} was left as it is`));
  }

  return (
    <>
      <Button variant="primary" disabled={!active} onClick={() => setAsked("sample")}>
        Send sample
      </Button>
      <Button disabled={busy || !active} onClick={() => void ping()}>
        Ping
      </Button>
      <Button disabled={of.state === "disabled"} onClick={() => setAsked("replay")}>
        Replay
      </Button>
      <Button disabled={busy} onClick={() => void setState(active ? "paused" : "active")}>
        {active ? "Pause" : of.state === "paused" ? "Resume" : of.failingSince ? "Enable and replay" : "Enable"}
      </Button>
      <Menu trigger={<IconButton icon={Ellipsis} label="More actions" />}>
        <MenuItem icon={Pencil} onSelect={() => setAsked("edit")}>
          Edit
        </MenuItem>
        <MenuItem icon={KeyRound} onSelect={() => setAsked("rotate")}>
          Rotate secret
        </MenuItem>
        <MenuItem icon={Trash2} danger onSelect={() => setAsked("delete")}>
          Delete
        </MenuItem>
      </Menu>
      {asked === "sample" && <SampleDialog of={of} onClose={close} />}
      {asked === "replay" && <ReplayDialog of={of} from={missedFrom} onClose={close} />}
      {asked === "rotate" && <RotateDialog of={of} onClose={close} />}
      {asked === "edit" && <EditDialog of={of} onClose={close} />}
      <ConfirmDialog
        open={asked === "delete"}
        onOpenChange={(open) => !open && close()}
        title={`Delete ${name}?`}
        confirm="Delete"
        onConfirm={() => void remove()}
      >
        <p>What waits to be sent there is not sent, and its deliveries are gone with it.</p>
      </ConfirmDialog>
    </>
  );
}

function EditDialog({ of, onClose }: { of: Webhook; onClose: () => void }) {
  const [began] = useState(of);
  const client = useTRPCClient();
  const { run, busy, failure } = useAct();
  return (
    <Dialog open onOpenChange={(open) => !open && onClose()} title="Edit endpoint">
      <EndpointForm
        of={began}
        failure={failure}
        onSubmit={async (choices) => {
          const changes = differing(choices, choicesOf(began));
          if (await run(() => client.webhooks.update.mutate({ webhookId: of.id, ...changes }))) onClose();
        }}
      >
        <Button onClick={onClose}>Cancel</Button>
        <Button type="submit" variant="primary" disabled={busy}>
          Save
        </Button>
      </EndpointForm>
    </Dialog>
  );
}
