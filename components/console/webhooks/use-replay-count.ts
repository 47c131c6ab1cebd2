import { useQuery } from "@tanstack/react-query";
import { type Inputs, useTRPCClient } from "../trpc.ts";
import { useDebounced } from "../use-debounced.ts";

export type ReplayRange = Pick<
  Inputs["webhooks"]["replay"],
  "webhookId" | "since" | "until" | "types" | "status" | "undeliveredOnly"
>;

/** A call looks at some thousand events; more calls than this are not made only to say a number. */
const CALLS = 20;

/** How many events a replay of the range would send, asked for while somebody sets it. `fresh`: the number is the shown range's. */
export function useReplayCount(range: ReplayRange) {
  const client = useTRPCClient();
  const wanted = JSON.stringify(range);
  const asked = useDebounced(wanted);
  const { data, error, refetch } = useQuery({
    queryKey: ["replay", asked],
    gcTime: 0,
    queryFn: async ({ signal }) => {
      const of: ReplayRange = JSON.parse(asked);
      let count = 0;
      let after: string | undefined;
      for (let call = 0; call < CALLS; call++) {
        const from = after === undefined ? {} : { after };
        const part = await client.webhooks.replay.mutate({ ...of, ...from, dryRun: true }, { signal });
        count += part.count;
        if (part.nextCursor === null) return { count, more: false };
        after = part.nextCursor;
      }
      return { count, more: true };
    },
  });
  return { counted: data, error, again: () => void refetch(), fresh: data !== undefined && asked === wanted };
}
