"use client";

import { useQuery } from "@tanstack/react-query";
import { Select } from "../../ui/select.tsx";
import { useAct } from "../act.tsx";
import { useConsole } from "../console-context.ts";
import { type Column, DataTable } from "../data-table.tsx";
import { FailureNote } from "../failure-note.tsx";
import { QueryView } from "../query-view.tsx";
import { type Answers, useTRPC, useTRPCClient } from "../trpc.ts";
import { When } from "../when.tsx";

type Category = Answers["preferences"]["get"]["categories"][number];
type Channel = keyof Category["channels"];

const channels = [
  { channel: "inApp", label: "In the app" },
  { channel: "email", label: "By email" },
] as const;

/** What a person wants to be told and how, and what comes of it with the tenant's defaults. */
export function UserPreferences({ userId }: { userId: string }) {
  const { manages } = useConsole();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const { run, busy, failure } = useAct();
  const query = useQuery(trpc.preferences.get.queryOptions({ userId }));
  const choose = (type: string, channel: Channel, choice: "on" | "off" | "default") =>
    void run(() => client.preferences.put.mutate({ userId, categories: [{ type, [channel]: choice }] }));
  const columns: Column<Category>[] = [
    { header: "Type", cell: ({ title }) => title },
    ...channels.map(
      ({ channel, label }): Column<Category> => ({
        header: label,
        cell: ({ type, title, channels: of }) => {
          const { enabled, choice, locked } = of[channel];
          if (locked || !manages) return `${enabled ? "on" : "off"}${locked ? ", required" : ""}`;
          return (
            <Select
              label={`${title}, ${label.toLowerCase()}`}
              value={choice}
              options={[
                { value: "default", label: choice === "default" ? `default (${enabled ? "on" : "off"})` : "default" },
                { value: "on", label: "on" },
                { value: "off", label: "off" },
              ]}
              onChange={(value) => choose(type, channel, value)}
              className="w-36"
            />
          );
        },
      }),
    ),
  ];
  return (
    <div className="p-4" aria-busy={busy}>
      <FailureNote failure={failure} className="mb-3" />
      <QueryView query={query}>
        {({ categories, timezone, quietHours, digest, pausedUntil }) => (
          <>
            <p className="mb-4 text-muted text-sm">
              Quiet hours {quietHours.enabled ? `from ${quietHours.from} to ${quietHours.to}` : "are off"} ({timezone});
              mail {digest.every === "off" ? "at once" : `as a digest, ${digest.every}`}
              {pausedUntil && (
                <>
                  , paused: ends <When at={pausedUntil} />
                </>
              )}
              .
            </p>
            <DataTable label="Preferences" columns={columns} rows={categories} idOf={({ type }) => type} />
          </>
        )}
      </QueryView>
    </div>
  );
}
