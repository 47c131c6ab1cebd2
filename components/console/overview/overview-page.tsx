"use client";

import { useQuery } from "@tanstack/react-query";
import { parseAsStringLiteral, useQueryState } from "nuqs";
import { cn } from "../../ui/cn.ts";
import { useConsole } from "../console-context.ts";
import { useLiveQuery } from "../live.ts";
import { PageHeader } from "../page-header.tsx";
import { QueryView } from "../query-view.tsx";
import { type Answers, useTRPC } from "../trpc.ts";
import { Attention } from "./attention.tsx";
import { Beginning } from "./beginning.tsx";
import { Chart } from "./chart.tsx";
import { Figure } from "./figure.tsx";

type Metrics = Answers["metrics"]["read"];

const ranges = ["hour", "day", "month"] as const;
const names = { hour: "1 hour", day: "24 hours", month: "30 days" };
/** The longer the time, the less a few seconds change of it, and the more there is to sum up. */
const everyMs = { hour: 4_000, day: 8_000, month: 60_000 };
const earlier = { hour: "the hour before", day: "the 24 hours before", month: "the 30 days before" };

/** What happens at the tenant, how fast, and what somebody should look at. */
export function OverviewPage() {
  const { tenantName } = useConsole();
  const trpc = useTRPC();
  const [range, setRange] = useQueryState("range", parseAsStringLiteral(ranges).withDefault("hour"));
  const metrics = useQuery(trpc.metrics.read.queryOptions({ range }, useLiveQuery("metrics.read", everyMs[range])));
  const quiet = metrics.data !== undefined && countOf(metrics.data) === 0;
  const long = useQuery(trpc.metrics.read.queryOptions({ range: "month" }, { enabled: quiet }));
  const unused = quiet && long.data !== undefined && countOf(long.data) === 0;
  return (
    <>
      <PageHeader
        title={tenantName}
        lead="What happens here, how fast it is answered, and what needs somebody."
        action={
          <fieldset className="flex rounded-lg border border-line-strong/60 p-0.5">
            <legend className="sr-only">Time shown</legend>
            {ranges.map((each) => (
              <button
                key={each}
                type="button"
                aria-pressed={each === range}
                onClick={() => void setRange(each)}
                className={cn(
                  "min-h-8 rounded-md px-3 text-sm",
                  each === range ? "bg-accent-soft text-on-accent-soft" : "text-muted hover:text-text",
                )}
              >
                {names[each]}
              </button>
            ))}
          </fieldset>
        }
      />
      <div className="space-y-6">
        <Attention />
        <QueryView query={metrics} empty={{ when: () => unused, show: <Beginning /> }}>
          {(data) => <Figures metrics={data} compared={earlier[range]} />}
        </QueryView>
      </div>
    </>
  );
}

function countOf({ total, before }: Metrics): number {
  return [total, before].reduce((sum, { calls, messages, notifications }) => sum + calls + messages + notifications, 0);
}

function Figures({ metrics, compared }: { metrics: Metrics; compared: string }) {
  const { from, total, before, points, stepSeconds, connectionsNow } = metrics;
  const { base } = useConsole();
  const each = stepSeconds === 60 ? "a minute" : stepSeconds === 900 ? "each 15 minutes" : "each 6 hours";
  return (
    <>
      <ul className="grid grid-cols-2 gap-3 lg:grid-cols-5">
        <Figure label="Live connections" value={connectionsNow} note="now" href={`${base}/connections`} />
        <Figure
          label="Messages"
          value={total.messages}
          before={before.messages}
          compared={compared}
          href={`${base}/chats`}
        />
        <Figure
          label="Notifications"
          value={total.notifications}
          before={before.notifications}
          compared={compared}
          href={`${base}/notifications?visibleSince=${from}`}
        />
        <Figure
          label="Mails not delivered"
          value={total.failures}
          before={before.failures}
          compared={compared}
          href={`${base}/deliveries?failedSince=${from}`}
          bad
        />
        <Figure
          label="Faults of the service"
          value={total.faults}
          before={before.faults}
          compared={compared}
          href={`${base}/requests?outcome=faults&since=${from}`}
          bad
        />
      </ul>
      <div className="mt-3 grid gap-3 lg:grid-cols-2">
        <Chart
          title={`Messages and notifications ${each}`}
          points={points}
          stepSeconds={stepSeconds}
          series={[
            { name: "Messages", colour: "var(--accent)", value: ({ messages }) => messages },
            {
              name: "Notifications",
              colour: "var(--code-word)",
              value: ({ notifications }) => notifications,
              dashed: true,
            },
          ]}
        />
        <Chart
          title="Live connections"
          points={points}
          stepSeconds={stepSeconds}
          series={[{ name: "Connections", colour: "var(--accent)", value: ({ connections }) => connections }]}
        />
        <Chart
          title="Time to answer, in ms"
          points={points}
          stepSeconds={stepSeconds}
          note={
            total.p50Ms === undefined
              ? undefined
              : `${total.p50Ms} ms for half of all calls, ${total.p99Ms} ms for 99 of 100`
          }
          series={[
            { name: "Half of the calls (p50)", colour: "var(--accent)", value: ({ p50Ms }) => p50Ms },
            { name: "99 of 100 (p99)", colour: "var(--warn)", value: ({ p99Ms }) => p99Ms, dashed: true },
          ]}
        />
        <Chart
          title={`What failed ${each}`}
          points={points}
          stepSeconds={stepSeconds}
          series={[
            { name: "Mails", colour: "var(--bad)", value: ({ failures }) => failures },
            { name: "Calls", colour: "var(--warn)", value: ({ faults }) => faults, dashed: true },
          ]}
        />
      </div>
    </>
  );
}
