"use client";

import { type FormEvent, useCallback, useEffect, useState } from "react";
import { Button } from "../ui/button.tsx";
import { OpenedMail, type OpenedMailData } from "./opened-mail.tsx";

interface CaughtMail {
  id: string;
  to: string;
  subject: string;
  caughtAt: string;
}

const keptAs = (tenant: string) => `parley:admin-token:${tenant}`;

/** The list of caught mails beside the one that is open. Asks for an Admin token, which this tab alone keeps. */
export function CaughtMails({ tenant }: { tenant: string }) {
  const [token, setToken] = useState<string>();
  const [mails, setMails] = useState<CaughtMail[]>();
  const [opened, setOpened] = useState<OpenedMailData>();
  const [fault, setFault] = useState<string>();

  const ask = useCallback(
    async <T,>(path: string): Promise<T | undefined> => {
      const address = `/tenant/${encodeURIComponent(tenant)}/v1/admin/mail/caught${path}`;
      const response = await fetch(address, { headers: { authorization: `Bearer ${token}` } }).catch(() => undefined);
      if (response?.ok) return (await response.json()) as T;
      setFault(
        response ? `The service said ${response.status}: ${response.statusText}` : "The service does not answer",
      );
      return undefined;
    },
    [tenant, token],
  );

  useEffect(() => setToken(sessionStorage.getItem(keptAs(tenant)) ?? undefined), [tenant]);
  useEffect(() => {
    if (!token) return;
    setFault(undefined);
    void ask<{ data: CaughtMail[] }>("?pageSize=50").then((page) => page && setMails(page.data));
  }, [ask, token]);

  function keep(event: FormEvent<HTMLFormElement>): void {
    event.preventDefault();
    const given = String(new FormData(event.currentTarget).get("token") ?? "").trim();
    sessionStorage.setItem(keptAs(tenant), given);
    setToken(given);
  }

  return (
    <>
      {(!token || fault) && <TokenForm onSubmit={keep} />}
      {fault && (
        <p role="alert" className="mt-4 text-bad">
          {fault}
        </p>
      )}
      {mails?.length === 0 && <p className="mt-6 text-muted">No mail was caught yet.</p>}
      {mails && mails.length > 0 && (
        <div className="mt-6 grid gap-6 md:grid-cols-[20rem_1fr]">
          <ul aria-label="Caught mails" className="divide-y divide-line rounded-lg border border-line bg-surface">
            {mails.map((mail) => (
              <li key={mail.id}>
                <button
                  type="button"
                  aria-pressed={opened?.id === mail.id}
                  className="w-full px-4 py-3 text-left aria-pressed:bg-accent-soft"
                  onClick={() => void ask<OpenedMailData>(`/${mail.id}`).then((found) => found && setOpened(found))}
                >
                  <span className="block truncate font-medium">{mail.subject}</span>
                  <span className="block truncate text-sm text-muted">{mail.to}</span>
                  <time className="text-sm text-muted" dateTime={mail.caughtAt}>
                    {new Date(mail.caughtAt).toLocaleString()}
                  </time>
                </button>
              </li>
            ))}
          </ul>
          {opened && <OpenedMail mail={opened} />}
        </div>
      )}
    </>
  );
}

function TokenForm({ onSubmit }: { onSubmit(event: FormEvent<HTMLFormElement>): void }) {
  return (
    <form onSubmit={onSubmit} className="mt-6 flex max-w-xl items-end gap-3">
      <label className="grow text-sm">
        <span className="mb-1 block font-medium">Admin token</span>
        <input
          name="token"
          type="password"
          autoComplete="off"
          required
          className="w-full rounded-md border border-line-strong bg-surface px-3 py-2"
        />
        <span className="mt-1 block text-muted">A token of a user with the Admin group, as POST /tokens gives it.</span>
      </label>
      <Button type="submit" variant="primary">
        Show
      </Button>
    </form>
  );
}
