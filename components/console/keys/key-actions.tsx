"use client";

import { Activity, Ellipsis, RefreshCw, Trash2 } from "lucide-react";
import { useRouter } from "next/navigation";
import { useState } from "react";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { IconButton } from "../../ui/icon-button.tsx";
import { Menu, MenuItem } from "../../ui/menu.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { type Answers, useTRPCClient } from "../trpc.ts";

export interface KeyActionsProps {
  of: Answers["apiKeys"]["list"]["data"][number];
  onRotated: (key: Answers["apiKeys"]["rotate"]) => void;
}

/** What it has called; rotate and delete, each after it was said what stops working. */
export function KeyActions({ of, onRotated }: KeyActionsProps) {
  const client = useTRPCClient();
  const toast = useToast();
  const { base, manages } = useConsole();
  const router = useRouter();
  const { run, once, busy, refusal } = useAct();
  const [asked, setAsked] = useState<"rotate" | "delete">();
  const rotating = asked === "rotate";

  async function rotate() {
    // The primary and secondary keys are called by their kind.
    const kind = of.kind === "named" ? of.id : of.kind;
    const fresh = await once({ kind }, (asked) => client.apiKeys.rotate.mutate(asked));
    if (fresh) onRotated(fresh);
    else toast(refusal(`“${of.name}” was left as it is`));
  }

  async function remove() {
    const gone = await run(() => client.apiKeys.delete.mutate({ keyId: of.id }));
    toast(gone ? { title: `“${of.name}” is deleted` } : refusal(`“${of.name}” was left as it is`));
  }

  return (
    <>
      <Menu trigger={<IconButton icon={Ellipsis} label={`Actions of ${of.name}`} />}>
        {manages && (
          <MenuItem icon={RefreshCw} onSelect={() => setAsked("rotate")}>
            Rotate
          </MenuItem>
        )}
        <MenuItem icon={Activity} onSelect={() => router.push(`${base}/requests?keyId=${of.id}`)}>
          See its calls
        </MenuItem>
        {manages && of.kind === "named" && (
          <MenuItem icon={Trash2} danger onSelect={() => setAsked("delete")}>
            Delete
          </MenuItem>
        )}
      </Menu>
      <ConfirmDialog
        open={asked !== undefined}
        onOpenChange={(open) => !open && setAsked(undefined)}
        title={rotating ? `Rotate “${of.name}”?` : `Delete “${of.name}”?`}
        confirm={rotating ? "Rotate" : "Delete"}
        barred={busy}
        onConfirm={() => void (rotating ? rotate() : remove())}
      >
        <p>
          The key that ends in <code className="font-mono">{of.hint}</code> is refused from that moment on
          {rotating ? ", and you get a new one." : ". It does not come back."}
        </p>
      </ConfirmDialog>
    </>
  );
}
