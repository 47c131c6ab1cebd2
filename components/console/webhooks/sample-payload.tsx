import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { Code } from "../../ui/code.tsx";
import { type Inputs, useTRPC } from "../trpc.ts";

/** What a backend gets of a type of event: the body of its sample. */
export function SamplePayload({ type }: { type: Inputs["webhooks"]["getSample"]["type"] }) {
  const trpc = useTRPC();
  const { data } = useQuery(
    trpc.webhooks.getSample.queryOptions({ type }, { placeholderData: keepPreviousData, staleTime: Infinity }),
  );
  const text = data ? JSON.stringify(data.body, null, 2) : "…";
  return (
    <section aria-label="Payload" className="max-h-56 overflow-auto rounded-xl border border-line bg-sunken">
      <Code shown={text} copied={text} what="the payload" />
    </section>
  );
}
