"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { parseAsInteger, useQueryState } from "nuqs";
import { useConsole } from "../console-context.ts";
import { LabelledSelect } from "../labelled-select.tsx";
import { QueryView } from "../query-view.tsx";
import { useTRPC } from "../trpc.ts";
import { When } from "../when.tsx";
import { StateBadge } from "./state-badge.tsx";
import type { Version } from "./template-draft.ts";
import type { Template } from "./template-page.tsx";
import { VersionDiff } from "./version-diff.tsx";

/** The versions of a template, and the one that is open beside another. */
export function VersionList({ template }: { template: Template }) {
  const { base } = useConsole();
  const trpc = useTRPC();
  // The last 100 are kept, and the published one.
  const query = useQuery(trpc.templates.listVersions.queryOptions({ name: template.name, pageSize: 101 }));
  const href = `${base}/templates/${encodeURIComponent(template.name)}`;
  return (
    <section className="mt-10">
      <h2 className="mb-3 font-semibold">Versions</h2>
      <QueryView query={query}>
        {({ data }) => (
          <div className="grid gap-6 lg:grid-cols-[18rem_minmax(0,1fr)]">
            <ul
              aria-label="Versions"
              className="divide-y divide-line self-start rounded-xl border border-line bg-surface"
            >
              {data.map((version) => (
                <li key={version.version} className="flex items-center justify-between gap-3 px-4 py-2.5 text-sm">
                  <Link
                    href={`${href}?version=${version.version}`}
                    aria-current={version.version === template.content.version}
                    className="min-h-6 font-medium underline-offset-4 hover:underline aria-[current=true]:text-accent"
                  >
                    Version {version.version}
                  </Link>
                  <span className="text-muted text-xs">
                    <When at={version.publishedAt ?? version.createdAt} />
                  </span>
                  <StateBadge state={version.state} />
                </li>
              ))}
            </ul>
            <Compared versions={data} open={template.content.version} />
          </div>
        )}
      </QueryView>
    </section>
  );
}

/** With the published one unless another is chosen; that against the one before it. */
function Compared({ versions, open }: { versions: readonly Version[]; open: number }) {
  const [chosen, choose] = useQueryState("against", parseAsInteger);
  const others = versions.filter(({ version }) => version !== open);
  const published = others.find(({ state }) => state === "published");
  const older = others.find(({ version }) => version < open);
  const against = others.find(({ version }) => version === chosen) ?? published ?? older ?? others[0];
  const shown = versions.find(({ version }) => version === open);
  if (!against || !shown)
    return <p className="text-muted text-sm">With a second version the two can be compared here.</p>;
  return (
    <div className="min-w-0">
      <LabelledSelect
        label={`What version ${open} changes against`}
        value={String(against.version)}
        options={others.map(({ version, state }) => ({
          value: String(version),
          label: `Version ${version} (${state})`,
        }))}
        onChange={(value) => void choose(Number(value))}
        className="mb-3 max-w-72"
      />
      <VersionDiff before={against} after={shown} />
    </div>
  );
}
