"use client";

import { MessagesSquare } from "lucide-react";
import Link from "next/link";
import { useConsole } from "./console-context.ts";
import { PageHeader } from "./page-header.tsx";
import { groups, pagesFor } from "./pages.ts";

/** The way in: what there is to manage. */
export function StartPage() {
  const { tenantName, tenantId, base, role } = useConsole();
  const pages = pagesFor(role).filter(({ path }) => path !== "");
  return (
    <>
      <PageHeader title={tenantName} lead="What there is to see and to manage." />
      <div className="grid gap-6 sm:grid-cols-2 lg:grid-cols-3">
        {groups.map((group) => {
          const of = pages.filter((page) => page.group === group);
          if (of.length === 0) return null;
          return (
            <section key={group} aria-label={group} className="rounded-xl border border-line bg-surface p-4">
              <h2 className="font-medium text-sm">{group}</h2>
              <ul className="mt-2">
                {of.map(({ path, label, icon: Icon }) => (
                  <li key={path}>
                    <Link
                      href={`${base}${path}`}
                      prefetch={false}
                      className="flex min-h-9 items-center gap-2.5 rounded-lg text-accent text-sm underline-offset-4 hover:underline"
                    >
                      <Icon aria-hidden className="size-4" />
                      {label}
                    </Link>
                  </li>
                ))}
              </ul>
            </section>
          );
        })}
        <section aria-label="Hosted" className="rounded-xl border border-line bg-surface p-4">
          <h2 className="font-medium text-sm">What your users see</h2>
          <ul className="mt-2">
            {[
              ["Hosted chat", `/chat/${tenantId}`],
              ["Hosted inbox", `/inbox/${tenantId}`],
            ].map(([label, href]) => (
              <li key={href}>
                <a
                  href={href}
                  className="flex min-h-9 items-center gap-2.5 rounded-lg text-accent text-sm underline-offset-4 hover:underline"
                >
                  <MessagesSquare aria-hidden className="size-4" />
                  {label}
                </a>
              </li>
            ))}
          </ul>
        </section>
      </div>
    </>
  );
}
