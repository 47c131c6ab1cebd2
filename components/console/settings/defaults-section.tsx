"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Switch } from "../../ui/switch.tsx";
import { useToast } from "../../ui/toast.tsx";
import { useAct } from "../act.tsx";
import type { Category } from "../categories/categories-page.tsx";
import { type CategoryChoices, changeCategory } from "../categories/change-category.ts";
import { useConsole } from "../console-context.ts";
import { type Column, DataTable } from "../data-table.tsx";
import { FailureNote } from "../failure-note.tsx";
import { QueryView } from "../query-view.tsx";
import { useTRPC, useTRPCClient } from "../trpc.ts";
import type { Tenant } from "./sections.ts";

type Channel = "inApp" | "email";

/** A type of notifications, or all that is declared nowhere. */
interface Row {
  key: string;
  title: string;
  on: Record<Channel, boolean>;
  set: (channel: Channel, on: boolean) => Promise<unknown>;
  /** Undefined where it is theirs by nature. */
  mayChange?: { on: boolean; set: (on: boolean) => Promise<unknown> };
}

/** By which delivery channel each kind goes out to people who chose nothing, and whether they may choose. */
export function DefaultsSection({ stored }: { stored: Tenant }) {
  const { base, manages } = useConsole();
  const trpc = useTRPC();
  const client = useTRPCClient();
  const toast = useToast();
  const { run, busy, failure } = useAct();
  const categories = useQuery(trpc.categories.list.queryOptions({ pageSize: 200 }));

  // A switch shows what is stored, and is turned again only once it shows that.
  const fixed = !manages || busy || categories.isFetching;

  async function save(title: string, call: Promise<unknown>) {
    if (await run(() => call)) toast({ title: `${title}: saved` });
  }

  const { channels } = stored.settings.notifications;
  const everythingElse: Row = {
    key: "*",
    title: "Everything else",
    on: channels,
    set: (channel, on) =>
      client.tenants.update.mutate({ settings: { notifications: { channels: { [channel]: on } } } }),
  };
  const rowOf = (category: Category): Row => {
    const { type, title, required } = category;
    const change = (choices: Partial<CategoryChoices>) => changeCategory(client, type, choices);
    return {
      key: type,
      title,
      on: { inApp: category.channels.includes("inApp"), email: category.channels.includes("email") },
      set: (channel, on) => change({ [channel]: on }),
      mayChange: { on: !required, set: (on) => change({ required: !on }) },
    };
  };
  const channelColumn = (header: string, channel: Channel): Column<Row> => ({
    header,
    cell: ({ title, on, set }) => (
      <Switch
        label={`${title}: ${header.toLowerCase()}`}
        checked={on[channel]}
        disabled={fixed}
        onChange={(next) => void save(title, set(channel, next))}
      />
    ),
  });
  const columns: Column<Row>[] = [
    { header: "Category", cell: ({ title }) => title },
    channelColumn("Inbox", "inApp"),
    channelColumn("Mail", "email"),
    {
      header: "People may change",
      cell: ({ title, mayChange }) =>
        mayChange ? (
          <Switch
            label={`${title}: people may change it`}
            checked={mayChange.on}
            disabled={fixed}
            onChange={(next) => void save(title, mayChange.set(next))}
          />
        ) : (
          "yes"
        ),
    },
  ];

  return (
    <section
      id="preferences"
      aria-labelledby="preferences-title"
      className="scroll-mt-16 rounded-xl border border-line bg-surface p-5"
    >
      <h2 id="preferences-title" tabIndex={-1} className="font-semibold outline-none">
        Default preferences
      </h2>
      <p className="mt-0.5 mb-4 text-muted text-sm">
        How each kind goes out to people who chose nothing. Saved at once; more of each in{" "}
        <Link href={`${base}/categories`} className="text-accent underline underline-offset-4">
          Categories
        </Link>
        .
      </p>
      <FailureNote failure={failure} className="mb-4" />
      <QueryView query={categories} lines={3}>
        {({ data }) => (
          <DataTable
            label="Default preferences"
            columns={columns}
            rows={[everythingElse, ...data.map(rowOf)]}
            idOf={({ key }) => key}
          />
        )}
      </QueryView>
    </section>
  );
}
