"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { type FormEvent, useState } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { Field, Input } from "../../ui/field.tsx";
import { Status } from "../../ui/status.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { useTRPC, useTRPCClient } from "../trpc.ts";
import type { PreviewInput } from "./preview.tsx";
import { type Delivery, reasonOf } from "./reasons.ts";

/** What became of it; of a mail that is tried again what the server said last. */
export function TestOutcome({ delivery: { status, detail } }: { delivery: Pick<Delivery, "status" | "detail"> }) {
  const { tone, words } = reasonOf(status);
  return (
    <>
      <Badge tone={status === "queued" && detail ? "warn" : tone}>{status.replaceAll("_", " ")}</Badge>{" "}
      {detail && status === "suppressed" ? `${words} (${detail})` : (detail ?? words)}
    </>
  );
}

/** Sends one mail of what is written, to oneself unless told, and says what became of it. */
export function SendTest({ words, label }: { words: PreviewInput | undefined; label: string }) {
  const { manages, base, account } = useConsole();
  const client = useTRPCClient();
  const trpc = useTRPC();
  const { once, busy, failure } = useAct();
  const [deliveryId, setDeliveryId] = useState<string>();
  const { data } = useQuery(
    trpc.deliveries.get.queryOptions(
      { deliveryId: deliveryId ?? "" },
      {
        enabled: deliveryId !== undefined,
        refetchInterval: ({ state }) => (state.data && state.data.status !== "queued" ? false : 1_000),
      },
    ),
  );

  async function send(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const to = String(new FormData(event.currentTarget).get("to") ?? "");
    const sent = await once({ ...words, to }, (asked) => client.mail.sendTest.mutate(asked));
    if (sent) setDeliveryId(sent.deliveryId);
  }

  if (!manages) return null;
  return (
    <form onSubmit={send}>
      <div className="flex flex-wrap items-end gap-3">
        <Field label={label} error={failure?.fields.to} className="w-64 max-w-full">
          <Input name="to" type="email" required defaultValue={account.email} />
        </Field>
        <Button type="submit" disabled={busy || words === undefined}>
          Send test
        </Button>
      </div>
      <FailureNote failure={failure} className="mt-3" />
      <Status className="mt-3 text-sm">
        {data && (
          <>
            <TestOutcome delivery={data} />{" "}
            {data.status === "caught" && (
              <Link href={`${base}/mail`} className="text-accent underline">
                Open the catcher
              </Link>
            )}
          </>
        )}
      </Status>
    </form>
  );
}
