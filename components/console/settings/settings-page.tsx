"use client";

import { useQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { useConsole } from "../console-context.ts";
import { PageHeader } from "../page-header.tsx";
import { goToPart } from "../part-of-address.ts";
import { QueryView } from "../query-view.tsx";
import { useTRPC } from "../trpc.ts";
import { DangerSection } from "./danger-section.tsx";
import { DefaultsSection } from "./defaults-section.tsx";
import { MailSection } from "./mail-section.tsx";
import { SectionForm } from "./section-form.tsx";
import { settingSections } from "./sections.ts";

const others = [
  { id: "preferences", title: "Default preferences" },
  { id: "mail", title: "Mail" },
  { id: "danger", title: "Danger zone" },
];

/** What the tenant can set, in parts that save for themselves. */
export function SettingsPage() {
  const trpc = useTRPC();
  const { manages } = useConsole();
  const tenant = useQuery(trpc.tenants.get.queryOptions());
  const isThere = tenant.data !== undefined;
  // A link to one of the parts was followed before they were there.
  useEffect(() => {
    if (isThere) goToPart();
  }, [isThere]);
  return (
    <>
      <PageHeader title="Settings" />
      <nav aria-label="Settings" className="mb-6 flex flex-wrap gap-x-4 gap-y-1 text-sm">
        {[...settingSections, ...others.filter(({ id }) => id !== "danger" || manages)].map(({ id, title }) => (
          <a
            key={id}
            href={`#${id}`}
            className="inline-flex min-h-6 items-center rounded text-accent underline-offset-4 hover:underline"
          >
            {title}
          </a>
        ))}
      </nav>
      <QueryView query={tenant}>
        {(stored) => (
          <div className="space-y-6">
            {settingSections.map((section) => (
              <SectionForm key={section.id} section={section} stored={stored} />
            ))}
            <DefaultsSection stored={stored} />
            <MailSection />
            <DangerSection stored={stored} />
          </div>
        )}
      </QueryView>
    </>
  );
}
