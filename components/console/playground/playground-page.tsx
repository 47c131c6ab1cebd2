"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsString, useQueryState } from "nuqs";
import { NativeSelect } from "../../ui/native-select.tsx";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { CallBench } from "./call-bench.tsx";
import { callsOf, type OpenApi } from "./calls.ts";

const first = "chats.list";

async function loadCalls() {
  const response = await fetch("/openapi.json");
  if (!response.ok) throw new Error(`The list of calls was answered with ${response.status}`);
  return callsOf((await response.json()) as OpenApi);
}

/** Any call of a tenant, made from here over the public address. */
export function PlaygroundPage() {
  const [name, setName] = useQueryState("operation", parseAsString.withDefault(first));
  const query = useQuery({ queryKey: ["openapi.json"], queryFn: loadCalls, staleTime: Number.POSITIVE_INFINITY });
  return (
    <>
      <PageHeader
        title="Playground"
        lead="Calls the public API of this tenant, as one of its users or with one of its keys. What it changes is changed."
      />
      <QueryView query={query}>
        {(calls) => {
          const call = calls.find((one) => one.name === name) ?? calls[0];
          return (
            <>
              <NativeSelect
                label="Operation"
                value={call?.name ?? ""}
                options={calls.map((one) => ({ value: one.name, label: `${one.name} – ${one.summary}`.slice(0, 110) }))}
                onChange={(chosen) => void setName(chosen)}
                className="mb-6 max-w-2xl"
              />
              {call && <CallBench key={call.name} call={call} />}
            </>
          );
        }}
      </QueryView>
    </>
  );
}
