"use client";

import { useQuery } from "@tanstack/react-query";
import type { FormEvent } from "react";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { CopyButton } from "../../ui/copy-button.tsx";
import { Field, Input } from "../../ui/field.tsx";
import { inputClass } from "../../ui/input-class.ts";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { useLiveQuery } from "../live.ts";
import { SendTest } from "../notifications/send-test.tsx";
import { QueryView } from "../query-view.tsx";
import { type Answers, type Inputs, useTRPC, useTRPCClient } from "../trpc.ts";
import { useFollowStored } from "./use-follow-stored.ts";

type MailSettings = Answers["mail"]["getSettings"];
type Patch = Exclude<Inputs["mail"]["updateSettings"], void>;

const ways: Record<MailSettings["way"], string> = {
  own: "through your own server",
  shared: "through the installation's server",
  catcher: "to the local catcher",
  none: "nowhere",
};

const encryptions = [
  ["auto", "STARTTLS where it is offered"],
  ["starttls", "STARTTLS, or not at all"],
  ["tls", "TLS from the start"],
  ["none", "None"],
] as const;

/** How the tenant sends mail, what its server said last, and a test of it. */
export function MailSection() {
  const trpc = useTRPC();
  const query = useQuery(trpc.mail.getSettings.queryOptions(undefined, useLiveQuery("mail.getSettings")));
  return (
    <section
      id="mail"
      aria-labelledby="mail-title"
      className="scroll-mt-16 rounded-xl border border-line bg-surface p-5"
    >
      <h2 id="mail-title" tabIndex={-1} className="font-semibold outline-none">
        Mail
      </h2>
      <QueryView query={query}>
        {(stored) => (
          <>
            <p className="mt-0.5 text-muted text-sm">Mail goes {ways[stored.way]} at present.</p>
            <LastFault fault={stored.lastError} />
            <MailForm stored={stored} />
            <div className="mt-6 border-line border-t pt-4 empty:hidden">
              <SendTest words={{}} label="Send a test to" />
            </div>
          </>
        )}
      </QueryView>
    </section>
  );
}

/** In one line until it is pressed, whether there is one or not, so that the form below stays where it is when a fault comes. */
function LastFault({ fault }: { fault: string | undefined }) {
  if (fault === undefined) return <p className="mt-1 min-h-6 text-muted text-sm">It has met no fault.</p>;
  return (
    <details className="group mt-1 text-sm">
      <summary className="min-h-6 cursor-pointer truncate group-open:whitespace-normal group-open:wrap-anywhere">
        <Badge tone="bad">Last fault</Badge> {fault}
      </summary>
    </details>
  );
}

function MailForm({ stored }: { stored: MailSettings }) {
  const { manages } = useConsole();
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, failure } = useAct();
  const { form, beginSave } = useFollowStored();

  async function save(event: FormEvent<HTMLFormElement>) {
    event.preventDefault();
    const boxes = event.currentTarget.elements;
    const said = new FormData(event.currentTarget);
    const text = (name: string) => String(said.get(name) ?? "");
    const security = text("security") as MailSettings["security"];
    const patch: Patch = {
      host: text("host"),
      port: Number(text("port")),
      security,
      username: text("username"),
      // Whoever says no name any more has no use for its password.
      ...(text("password") || !text("username") ? { password: text("password") } : {}),
      fromAddress: text("fromAddress"),
      fromName: text("fromName"),
      replyTo: text("replyTo"),
      catcher: said.get("catcher") !== null,
      snsTopicArn: text("snsTopicArn"),
      ...(text("postmarkSecret") ? { postmarkSecret: text("postmarkSecret") } : {}),
    };
    const taken = beginSave();
    if (!(await run(() => client.mail.updateSettings.mutate(patch)))) return;
    taken();
    // What is stored is not shown again, nor sent with the next save.
    for (const name of ["password", "postmarkSecret"]) {
      const secret = boxes.namedItem(name);
      if (secret instanceof HTMLInputElement) secret.value = "";
    }
    toast({ title: "Mail: saved" });
  }

  const box = (name: keyof MailSettings, label: string, more: { hint?: string; type?: string } = {}) => {
    const value = String(stored[name] ?? "");
    return (
      <Field label={label} hint={more.hint} error={failure?.fields[name]}>
        <Input name={name} type={more.type ?? "text"} autoComplete="off" defaultValue={value} data-stored={value} />
      </Field>
    );
  };

  return (
    <form {...form} onSubmit={save} className="mt-4">
      <fieldset disabled={!manages} className="grid gap-4 sm:grid-cols-2">
        <legend className="sr-only">Mail server</legend>
        {box("host", "SMTP server", { hint: "Empty for the installation's." })}
        {box("port", "Port", { type: "number", hint: "587 unless given." })}
        <div className="flex flex-col gap-1.5">
          <label htmlFor="mail-security" className="font-medium text-sm">
            Encryption
          </label>
          <select
            id="mail-security"
            name="security"
            defaultValue={stored.security}
            data-stored={stored.security}
            className={inputClass}
          >
            {encryptions.map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
        </div>
        {box("username", "User name")}
        <Field
          label="Password of the server"
          hint={
            stored.hasPassword
              ? "One is stored. Empty leaves it, as long as server, port, encryption and user name stay."
              : "Stored encrypted, never shown again."
          }
          error={failure?.fields.password}
        >
          <Input name="password" type="password" autoComplete="new-password" />
        </Field>
        {box("fromAddress", "Sender's address", {
          hint: "For your own server. The installation's sends from its own address, and replies go here.",
        })}
        {box("fromName", "Sender's name", { hint: "The tenant's name unless given." })}
        {box("replyTo", "Replies to")}
        <label className="flex min-h-9 items-center gap-2.5 text-sm">
          <input
            type="checkbox"
            name="catcher"
            defaultChecked={stored.catcher}
            data-stored={stored.catcher}
            className="size-4 accent-(--accent)"
          />
          Keep mail in the catcher while there is no server
        </label>
        <h3 className="mt-2 font-medium text-sm sm:col-span-2">When mail comes back to your own server</h3>
        <div className="flex min-w-0 flex-col gap-1.5">
          {box("snsTopicArn", "SNS topic of Amazon SES", {
            hint: "Its ARN, arn:aws:sns:… Subscribe this address to it:",
          })}
          <EventsAddress of="ses" />
        </div>
        <div className="flex min-w-0 flex-col gap-1.5">
          <Field
            label="Secret of Postmark"
            hint={`${stored.hasPostmarkSecret ? "One is stored; empty leaves it." : "Make one up."} Postmark gives it as the password in its webhook's address:`}
            error={failure?.fields.postmarkSecret}
          >
            <Input name="postmarkSecret" type="password" autoComplete="new-password" />
          </Field>
          <EventsAddress of="postmark" />
        </div>
      </fieldset>
      <FailureNote failure={failure} className="mt-4" />
      {manages && (
        <Button type="submit" disabled={busy} className="mt-4">
          Save mail
        </Button>
      )}
    </form>
  );
}

/** Where a provider tells of mail that came back. */
function EventsAddress({ of }: { of: "ses" | "postmark" }) {
  const { tenantId } = useConsole();
  const { origin, protocol, host } =
    typeof location === "undefined" ? { origin: "", protocol: "", host: "" } : location;
  const root = of === "postmark" ? `${protocol}//parley:<secret>@${host}` : origin;
  const address = `${root}/tenant/${encodeURIComponent(tenantId)}/v1/mail/events/${of}`;
  return (
    <p className="flex min-w-0 items-center gap-1">
      <code className="min-w-0 break-all font-mono text-xs">{address}</code>
      <CopyButton text={address} what={`the address for ${of === "ses" ? "Amazon SNS" : "Postmark"}`} />
    </p>
  );
}
