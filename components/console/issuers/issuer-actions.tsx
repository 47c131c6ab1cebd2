"use client";

import { Ellipsis, Pencil, Power, Trash2 } from "lucide-react";
import { useState } from "react";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useTRPCClient } from "../trpc.ts";
import type { Issuer } from "./issuer-kinds.ts";

/** Change, switch off, trust no longer; the last two after it was said whom they lock out. */
export function IssuerActions({ of, onChange }: { of: Issuer; onChange: () => void }) {
  const client = useTRPCClient();
  const toast = useToast();
  const { run, refusal } = useAct();
  const [asked, setAsked] = useState<"off" | "delete">();
  const deletes = asked === "delete";

  async function act(done: string, call: () => Promise<unknown>) {
    const answer = await run(call);
    toast(answer ? { title: done } : refusal(`“${of.name}” was left as it is`));
  }
  const enable = (enabled: boolean) =>
    act(`“${of.name}” is ${enabled ? "trusted again" : "off"}`, () =>
      client.issuers.update.mutate({ issuerId: of.id, enabled }),
    );
  const remove = () => act(`“${of.name}” is deleted`, () => client.issuers.delete.mutate({ issuerId: of.id }));

  return (
    <>
      <Menu trigger={<IconButton icon={Ellipsis} label={`Actions of ${of.name}`} />}>
        <MenuItem icon={Pencil} onSelect={onChange}>
          Change
        </MenuItem>
        <MenuItem icon={Power} onSelect={() => (of.enabled ? setAsked("off") : void enable(true))}>
          {of.enabled ? "Switch off" : "Switch on"}
        </MenuItem>
        {of.kind !== "internal" && (
          <MenuItem icon={Trash2} danger onSelect={() => setAsked("delete")}>
            Delete
          </MenuItem>
        )}
      </Menu>
      <ConfirmDialog
        open={asked !== undefined}
        onOpenChange={(open) => !open && setAsked(undefined)}
        title={deletes ? `Delete “${of.name}”?` : `Switch “${of.name}” off?`}
        confirm={deletes ? "Delete" : "Switch off"}
        onConfirm={() => void (deletes ? remove() : enable(false))}
      >
        <p>
          Its tokens are refused from that moment on, and connections that were opened with them are closed.
          {deletes && " Its keys or its secret have to be given anew to trust it again."}
        </p>
      </ConfirmDialog>
    </>
  );
}
