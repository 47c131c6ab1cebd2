"use client";

import { useQuery } from "@tanstack/react-query";
import { CircleCheck, TriangleAlert } from "lucide-react";
import Link from "next/link";
import type { ReactNode } from "react";
import { Skeleton } from "../../ui/skeleton.tsx";
import { useConsole } from "../console-context.ts";
import { FailureNote } from "../failure-note.tsx";
import { useLiveQuery } from "../live.ts";
import { failureOf } from "../problem.ts";
import { useTRPC } from "../trpc.ts";
import { WaitingMail } from "./waiting-mail.tsx";

interface Need {
  what: string;
  why: string;
  /** Where to go, or what is done about it here. */
  way: { href: string; action: string } | { act: ReactNode };
}

/** What somebody should look at, each with where to go or what to press. Nothing is said until all that could be one has answered. */
export function Attention() {
  const { base } = useConsole();
  const trpc = useTRPC();
  const mail = useQuery(trpc.mail.getSettings.queryOptions({}, useLiveQuery("mail.getSettings")));
  const webhooks = useQuery(trpc.webhooks.list.queryOptions({ pageSize: 100 }, useLiveQuery("webhooks.list")));
  const dead = useQuery(trpc.jobs.listDead.queryOptions({ pageSize: 1 }, useLiveQuery("jobs.listDead")));
  const waiting = useQuery(
    trpc.deliveries.list.queryOptions({ status: "waiting", pageSize: 1 }, useLiveQuery("deliveries.list")),
  );
  const { data: settings } = mail;
  const failed = [mail, webhooks, dead, waiting].find(({ data, error }) => data === undefined && error !== null);
  if (failed) return <FailureNote failure={failureOf(failed.error)} onRetry={() => void failed.refetch()} />;
  if (!settings || !webhooks.data || !dead.data || !waiting.data)
    return (
      <Needs busy>
        <Skeleton className="mt-2 h-5" />
      </Needs>
    );
  const given = "totalCount" in dead.data ? dead.data.totalCount : 0;
  const unsent = "totalCount" in waiting.data ? waiting.data.totalCount : 0;
  const needs: Need[] = [
    ...(unsent > 0
      ? [
          {
            what: unsent === 1 ? "1 mail waits" : `${unsent.toLocaleString("en")} mails wait`,
            why: "From before the database was restored or moved: some may have gone out then.",
            way: { act: <WaitingMail count={unsent} /> },
          },
        ]
      : []),
    ...(settings.way === "none"
      ? [
          {
            what: "Mail goes nowhere",
            why: "No mail server is set.",
            way: { href: "/settings#mail", action: "Set one" },
          },
        ]
      : []),
    ...(settings.pausedUntil !== undefined
      ? [
          {
            what: "The mail server is left alone for a while",
            why: settings.lastError ?? "It failed again and again.",
            way: { href: "/settings#mail", action: "Look at its settings" },
          },
        ]
      : []),
    ...webhooks.data.data
      .filter(({ state, nextTryAfter }) => state === "disabled" || nextTryAfter !== undefined)
      .map(({ id, url, state, reason, failures }) => ({
        what: state === "disabled" ? "A webhook is disabled" : "A webhook fails",
        why: `${url}: ${reason ?? `${failures} tries in a row failed`}`,
        way: { href: `/webhooks/${id}`, action: "Look at its deliveries" },
      })),
    ...(given > 0
      ? [
          {
            what: `${given} ${given === 1 ? "job was" : "jobs were"} given up`,
            why: dead.data.data[0]?.error ?? "They failed every time.",
            way: { href: "/jobs", action: "Look at them" },
          },
        ]
      : []),
  ];
  return (
    <Needs>
      {needs.length === 0 ? (
        <p className="mt-2 flex items-center gap-2 text-muted text-sm">
          <CircleCheck aria-hidden className="size-4 text-good" />
          Nothing at the moment.
        </p>
      ) : (
        <ul className="mt-2 divide-y divide-line">
          {needs.map(({ what, why, way }) => (
            <li
              key={"act" in way ? why : what + why}
              className="flex flex-wrap items-center gap-x-3 gap-y-1 py-2 text-sm"
            >
              <TriangleAlert aria-hidden className="size-4 shrink-0 text-warn" />
              <span className="font-medium">{what}</span>
              <span className="min-w-0 flex-1 break-words text-muted">{why}</span>
              {"act" in way ? (
                way.act
              ) : (
                <Link
                  href={base + way.href}
                  prefetch={false}
                  className="text-accent underline-offset-4 hover:underline"
                >
                  {way.action}
                </Link>
              )}
            </li>
          ))}
        </ul>
      )}
    </Needs>
  );
}

/** There from the beginning: what comes below it does not move when it is filled. */
function Needs({ busy = false, children }: { busy?: boolean; children: ReactNode }) {
  return (
    <section aria-labelledby="attention" aria-busy={busy} className="rounded-xl border border-line bg-surface p-4">
      <h2 id="attention" tabIndex={-1} className="font-medium text-sm outline-none">
        What needs somebody
      </h2>
      {children}
    </section>
  );
}
