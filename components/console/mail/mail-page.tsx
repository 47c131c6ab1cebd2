"use client";

import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Mail } from "lucide-react";
import { parseAsString, useQueryStates } from "nuqs";
import { Button } from "../../ui/button.tsx";
import { cn } from "../../ui/cn.ts";
import { EmptyState } from "../../ui/empty-state.tsx";
import { CursorPager, useCursor } from "../cursor-pager.tsx";
import { useLiveQuery } from "../live.ts";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { useTRPC } from "../trpc.ts";
import { When } from "../when.tsx";
import { OpenedMail } from "./opened-mail.tsx";

/** Mail of a tenant that has no mail server, as it would have gone out: the list beside the one that is open. */
export function MailPage() {
  const trpc = useTRPC();
  const before = useCursor();
  const [{ open: chosen, delivery }, setQuery] = useQueryStates(
    { open: parseAsString, delivery: parseAsString, before: parseAsString },
    { history: "push" },
  );
  const list = useQuery(
    trpc.mail.listCaught.queryOptions(
      { limit: 25, ...(delivery ? { deliveryId: delivery } : {}), ...(before ? { before } : {}) },
      { ...useLiveQuery("mail.listCaught"), placeholderData: keepPreviousData },
    ),
  );
  // Coming from a delivery one wants to see its mail.
  const open = chosen ?? (delivery ? list.data?.data[0]?.id : undefined);
  return (
    <>
      <PageHeader
        title="Caught mail"
        lead="Where no mail server is set, what would have been sent is kept here: the newest 200 mails, for a week."
      />
      {delivery && (
        <p className="mb-4 flex flex-wrap items-center gap-3 text-sm">
          Only the mail of one delivery.
          <Button size="sm" onClick={() => void setQuery({ delivery: null, open: null, before: null })}>
            Show all
          </Button>
        </p>
      )}
      <QueryView
        query={list}
        empty={{
          when: ({ data }) => data.length === 0,
          show: (
            <EmptyState icon={Mail} title="No mail was caught yet">
              Send a notification with an email address, or a test mail from the settings.
            </EmptyState>
          ),
        }}
      >
        {(page) => (
          <div className="grid gap-6 md:grid-cols-[20rem_minmax(0,1fr)]">
            <div className={cn("min-w-0", open && "max-md:hidden")}>
              <ul aria-label="Caught mails" className="divide-y divide-line rounded-xl border border-line bg-surface">
                {page.data.map((mail) => (
                  <li key={mail.id}>
                    <button
                      type="button"
                      aria-pressed={open === mail.id}
                      className="w-full px-4 py-3 text-left text-sm -outline-offset-2 first:rounded-t-xl hover:bg-sunken aria-pressed:bg-accent-soft"
                      onClick={() => void setQuery({ open: mail.id })}
                    >
                      <span className="block truncate font-medium">{mail.subject}</span>
                      <span className="block truncate text-muted in-aria-pressed:text-text">{mail.to}</span>
                      <span className="text-muted in-aria-pressed:text-text">
                        <When at={mail.caughtAt} />
                      </span>
                    </button>
                  </li>
                ))}
              </ul>
              {"nextCursor" in page && <CursorPager nextCursor={page.nextCursor} />}
            </div>
            {open ? (
              <div className="min-w-0">
                <Button
                  size="sm"
                  className="mb-4 md:hidden"
                  onClick={() => void setQuery({ open: null, delivery: null })}
                >
                  All mails
                </Button>
                <OneMail id={open} />
              </div>
            ) : (
              <p className="py-10 text-center text-muted text-sm">Choose a mail to read it.</p>
            )}
          </div>
        )}
      </QueryView>
    </>
  );
}

function OneMail({ id }: { id: string }) {
  const trpc = useTRPC();
  const query = useQuery(trpc.mail.getCaught.queryOptions({ mailId: id }, { staleTime: Number.POSITIVE_INFINITY }));
  return <QueryView query={query}>{(mail) => <OpenedMail mail={mail} />}</QueryView>;
}
