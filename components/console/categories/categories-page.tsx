"use client";

import { useQuery } from "@tanstack/react-query";
import { Tags } from "lucide-react";
import { parseAsString, useQueryStates } from "nuqs";
import { Badge } from "../../ui/badge.tsx";
import { Button } from "../../ui/button.tsx";
import { EmptyState } from "../../ui/empty-state.tsx";
import { useConsole } from "../console-context.ts";
import { type Column, DataTable } from "../data-table.tsx";
import { FilterBox } from "../filter-box.tsx";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { type Answers, useTRPC } from "../trpc.ts";
import { openingFrom } from "../use-opened.ts";
import { CategoryDialog } from "./category-dialog.tsx";

export type Category = Answers["categories"]["list"]["data"][number];

const filters = { search: parseAsString, open: parseAsString };
/** In the place of a type: a new one. */
const fresh = "+";

/** The kinds of notifications that people choose by. */
export function CategoriesPage() {
  const { manages } = useConsole();
  const trpc = useTRPC();
  const [{ search, open }, setQuery] = useQueryStates(filters);
  // A tenant has at most 200.
  const query = useQuery(trpc.categories.list.queryOptions({ pageSize: 200 }));
  const shown = query.data?.data.find(({ type }) => type === open);
  const create = manages && (
    <Button data-create variant="primary" onClick={() => void setQuery({ open: fresh }, openingFrom(open))}>
      Create a category
    </Button>
  );
  const fits = ({ type, title }: Category) => {
    const words = (search ?? "").toLowerCase();
    return type.toLowerCase().includes(words) || title.toLowerCase().includes(words);
  };
  return (
    <>
      <PageHeader
        title="Categories"
        lead="What a type of notification is called in people's preferences, how it goes out unless they chose otherwise, and what its metadata must be. Types work without one."
        action={create}
      />
      <div className="mb-4">
        <FilterBox label="Type or title" value={search} onSet={(value) => void setQuery({ search: value })} />
      </div>
      <QueryView
        query={query}
        empty={{
          when: ({ data }) => data.filter(fits).length === 0,
          show: (
            <EmptyState
              icon={Tags}
              title={search ? "None fits this filter" : "No type is declared yet"}
              action={create}
            >
              {search
                ? `What is sent as “${search}” goes by the tenant's defaults.`
                : "Every type goes by the tenant's defaults."}
            </EmptyState>
          ),
        }}
      >
        {({ data }) => (
          <DataTable
            label="Categories"
            columns={columns}
            rows={data.filter(fits)}
            idOf={({ type }) => type}
            onOpen={({ type }) => void setQuery({ open: type }, openingFrom(open))}
            openId={open}
          />
        )}
      </QueryView>
      {open !== null && (shown || (open === fresh && manages && query.data)) && (
        <CategoryDialog
          key={open}
          category={shown}
          // What was closed does not come up again by Back.
          onClose={() => void setQuery({ open: null })}
          onOpen={(type) => void setQuery({ open: type }, openingFrom(open))}
        />
      )}
    </>
  );
}

const columns: readonly Column<Category>[] = [
  { header: "Title", cell: ({ title }) => title },
  { header: "Type", cell: ({ type }) => <code className="font-mono text-xs">{type}</code> },
  {
    header: "Goes to",
    cell: ({ channels }) =>
      channels.map((channel) => (channel === "email" ? "mail" : "inbox")).join(", ") || (
        <span className="text-muted">nothing by itself</span>
      ),
  },
  { header: "Priority", cell: ({ priority }) => priority },
  {
    header: "People may change",
    cell: ({ required }) => (required ? <Badge tone="warn">no</Badge> : "yes"),
  },
  {
    header: "Metadata",
    cell: ({ metadataSchema }) => (metadataSchema ? "by a schema" : <span className="text-muted">any</span>),
  },
];
