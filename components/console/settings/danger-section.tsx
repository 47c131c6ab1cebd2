"use client";

import { type ReactNode, useState } from "react";
import { Button } from "../../ui/button.tsx";
import { ConfirmDialog } from "../../ui/dialog.tsx";
import { inputClass } from "../../ui/input-class.ts";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { useTRPCClient } from "../trpc.ts";
import { isTyped } from "../typed-name.ts";
import type { Tenant } from "./sections.ts";

/** What hurts: every token refused, the tenant deleted. */
export function DangerSection({ stored }: { stored: Tenant }) {
  const { manages, role } = useConsole();
  if (!manages) return null;
  return (
    <section
      id="danger"
      aria-labelledby="danger-title"
      className="scroll-mt-16 rounded-xl border border-bad bg-surface p-5"
    >
      <h2 id="danger-title" tabIndex={-1} className="font-semibold outline-none">
        Danger zone
      </h2>
      <div className="mt-4 space-y-5">
        <RevokeTokens />
        {role === "owner" &&
          (stored.deleteAfter ? <Restore at={stored.deleteAfter} /> : <DeleteTenant stored={stored} />)}
      </div>
    </section>
  );
}

function Row({ title, text, children }: { title: string; text: ReactNode; children: ReactNode }) {
  return (
    <div className="flex flex-wrap items-start justify-between gap-4">
      <div className="min-w-0 max-w-xl">
        <h3 className="font-medium text-sm">{title}</h3>
        <p className="text-muted text-sm">{text}</p>
      </div>
      {children}
    </div>
  );
}

function RevokeTokens() {
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, failure } = useAct();
  const [asks, setAsks] = useState(false);

  async function revoke() {
    const revoked = await run(() => client.tenants.revokeAll.mutate());
    if (revoked) toast({ title: "Every token until now is refused" });
  }

  return (
    <Row
      title="Refuse every token"
      text="All users have to get a new token; open connections close within 5 seconds. API keys stay good."
    >
      <Button variant="danger" disabled={busy} onClick={() => setAsks(true)}>
        Refuse all tokens
      </Button>
      <FailureNote failure={failure} className="w-full" />
      <ConfirmDialog
        open={asks}
        onOpenChange={setAsks}
        title="Refuse every token issued until now?"
        confirm="Refuse them"
        onConfirm={() => void revoke()}
      >
        <p>Whoever chats at the moment is signed out. It cannot be taken back.</p>
      </ConfirmDialog>
    </Row>
  );
}

function DeleteTenant({ stored: { name } }: { stored: Tenant }) {
  const client = useTRPCClient();
  const { once, busy, failure } = useAct();
  const [asks, setAsks] = useState(false);
  const [typed, setTyped] = useState("");

  async function remove() {
    await once({ name }, (asked) => client.tenants.delete.mutate(asked));
  }

  return (
    <Row title="Delete this tenant" text="Everything in it goes in 7 days. Until then you can take it back here.">
      <Button variant="danger" disabled={busy} onClick={() => setAsks(true)}>
        Delete {name}
      </Button>
      <FailureNote failure={failure} className="w-full" />
      <ConfirmDialog
        open={asks}
        onOpenChange={(now) => {
          setAsks(now);
          setTyped("");
        }}
        title={`Delete ${name}?`}
        confirm="Delete it in 7 days"
        barred={!isTyped(typed, name)}
        onConfirm={() => void remove()}
      >
        <p>Chats, messages, notifications, users, keys and settings: all of it. Type the tenant's name to go on.</p>
        <input
          aria-label="The tenant's name"
          value={typed}
          onChange={(event) => setTyped(event.target.value)}
          autoComplete="off"
          className={inputClass}
        />
      </ConfirmDialog>
    </Row>
  );
}

function Restore({ at }: { at: string }) {
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, failure } = useAct();

  async function restore() {
    if (await run(() => client.tenants.restore.mutate())) toast({ title: "The tenant stays" });
  }

  return (
    <Row
      title="This tenant is going to be deleted"
      text={
        <>
          With everything in it, on <time dateTime={at}>{new Date(at).toLocaleString()}</time>.
        </>
      }
    >
      <Button variant="primary" disabled={busy} onClick={() => void restore()}>
        Keep it
      </Button>
      <FailureNote failure={failure} className="w-full" />
    </Row>
  );
}
