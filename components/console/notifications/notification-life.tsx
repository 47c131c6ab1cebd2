"use client";

import { useQuery } from "@tanstack/react-query";
import Link from "next/link";
import { Badge } from "../../ui/badge.tsx";
import { useConsole } from "../console-context.ts";
import { Fact } from "../facts.tsx";
import { IdText } from "../id-text.tsx";
import { useLiveQuery } from "../live.ts";
import { PersonText } from "../person-text.tsx";
import { failureOf } from "../problem.ts";
import { QueryView } from "../query-view.tsx";
import { type Answers, useTRPC } from "../trpc.ts";
import { NotificationActs } from "./notification-acts.tsx";
import { type Step, stepsOf, stepsOfGone } from "./steps.ts";

const ON_ITS_WAY_MS = 1_000;

type Notification = Answers["notifications"]["getAny"];

/** One notification: what it says, and each step of its life with the rule that decided it. */
export function NotificationLife({ id }: { id: string }) {
  const { base } = useConsole();
  const trpc = useTRPC();
  const query = useQuery(
    trpc.notifications.getAny.queryOptions({ notificationId: id }, useLiveQuery("notifications.getAny")),
  );
  if (query.error && failureOf(query.error).code === "not_found") return <Gone id={id} />;
  return (
    <QueryView query={query}>
      {(one) => (
        <div className="space-y-6">
          <section>
            <h2 className="break-words font-semibold text-lg">{one.subject}</h2>
            <p className="mt-1 whitespace-pre-wrap break-words text-sm leading-6">{one.message}</p>
            <dl className="mt-4 grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-1 text-sm">
              <Fact name="To">
                <Link
                  href={`${base}/users/${encodeURIComponent(one.userId)}`}
                  className="underline-offset-4 hover:underline"
                >
                  <PersonText userId={one.userId} name={one.recipientName} />
                </Link>
              </Fact>
              <Fact name="Type">{one.type}</Fact>
              <Fact name="Priority">{one.priority}</Fact>
              <Fact name="Id">
                <IdText id={one.id} what="the notification's id" />
              </Fact>
            </dl>
          </section>
          <Steps of={one} />
        </div>
      )}
    </QueryView>
  );
}

/** What is deleted or over: what was decided of it is kept for a while, and says why it did or did not arrive. */
function Gone({ id }: { id: string }) {
  const { base } = useConsole();
  const trpc = useTRPC();
  const query = useQuery(
    trpc.deliveries.explain.queryOptions({ notificationId: id }, useLiveQuery("deliveries.explain")),
  );
  return (
    <QueryView query={query}>
      {({ data }) => (
        <div className="space-y-6">
          <section>
            <h2 className="break-words font-semibold text-lg">{data[0]?.subject}</h2>
            <p className="mt-1 text-muted text-sm">It is deleted or over.</p>
            <dl className="mt-4 grid grid-cols-[auto_minmax(0,1fr)] items-center gap-x-4 gap-y-1 text-sm">
              <Fact name="To">
                <Link
                  href={`${base}/users/${encodeURIComponent(data[0]?.userId ?? "")}`}
                  className="underline-offset-4 hover:underline"
                >
                  <PersonText userId={data[0]?.userId ?? ""} />
                </Link>
              </Fact>
              <Fact name="Type">{data[0]?.type}</Fact>
              <Fact name="Id">
                <IdText id={id} what="the notification's id" />
              </Fact>
            </dl>
          </section>
          <section>
            <h3 className="mb-3 font-medium text-sm">Why it did or did not arrive</h3>
            <StepList steps={stepsOfGone(data)} />
          </section>
        </div>
      )}
    </QueryView>
  );
}

function Steps({ of }: { of: Notification }) {
  const trpc = useTRPC();
  const { refetchInterval } = useLiveQuery("deliveries.explain");
  const query = useQuery(
    trpc.deliveries.explain.queryOptions(
      { notificationId: of.id },
      {
        // What is on its way gets there within moments.
        refetchInterval: ({ state }) =>
          refetchInterval && state.data?.data.some(({ status }) => status === "queued")
            ? ON_ITS_WAY_MS
            : refetchInterval,
      },
    ),
  );
  return (
    <section>
      <h3 className="mb-3 font-medium text-sm">Why it did or did not arrive</h3>
      <QueryView query={query}>
        {({ data }) => (
          <>
            <NotificationActs of={of} deliveries={data} />
            <StepList steps={stepsOf(of, data)} />
          </>
        )}
      </QueryView>
    </section>
  );
}

function StepList({ steps }: { steps: readonly Step[] }) {
  const { base } = useConsole();
  return (
    <ol className="space-y-4 border-line border-l pl-4">
      {steps.map((step) => (
        <li key={step.key} className="text-sm">
          <p className="flex flex-wrap items-center gap-2">
            <span className="font-medium">{step.what}</span>
            {step.word && <Badge tone={step.tone}>{step.word}</Badge>}
          </p>
          {step.why && <p className="mt-0.5 break-words text-muted">{step.why}</p>}
          {step.page && (
            <p>
              <Link href={`${base}${step.page.path}`} className="text-accent underline underline-offset-4">
                {step.page.label}
              </Link>
            </p>
          )}
          <time dateTime={step.at} className="text-muted text-xs">
            {new Date(step.at).toLocaleString()}
          </time>
        </li>
      ))}
    </ol>
  );
}
