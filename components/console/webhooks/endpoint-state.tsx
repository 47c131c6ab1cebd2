import { Badge } from "../../ui/badge.tsx";
import type { Answers } from "../trpc.ts";
import { When } from "../when.tsx";

type Webhook = Answers["webhooks"]["get"];

/** How an endpoint does, in a word. */
export function EndpointState({ of }: { of: Pick<Webhook, "state" | "failures" | "nextTryAfter"> }) {
  if (of.state === "disabled") return <Badge tone="bad">disabled</Badge>;
  if (of.state === "paused") return <Badge tone="warn">paused</Badge>;
  if (of.failures > 0) return <Badge tone="warn">{of.nextTryAfter ? "in trouble" : "failing"}</Badge>;
  return <Badge tone="good">active</Badge>;
}

const tones = { delivered: "good", queued: "plain", failed: "bad", expired: "warn", waiting: "warn" } as const;

export function DeliveryStatus({ status }: { status: keyof typeof tones }) {
  return <Badge tone={tones[status]}>{status}</Badge>;
}

/** An address as people tell endpoints apart: without its scheme. */
export function shortAddress(url: string): string {
  const { host, pathname } = new URL(url);
  return host + (pathname === "/" ? "" : pathname);
}

/** How many of the tries of the last day got through. */
export function Success({ of }: { of: Webhook["lately"] }) {
  if (!of) return <span className="text-muted">no try</span>;
  return (
    <span className="tabular-nums">
      {Math.floor((of.succeeded / of.tries) * 100)} %<span className="text-muted"> of {of.tries}</span>
    </span>
  );
}

/** When a delivery is tried next; what is due waits for its turn, which does not come while the endpoint is paused. */
export function NextTry({ at }: { at: string }) {
  if (new Date(at).getTime() <= Date.now()) return <span className="text-muted">at its turn</span>;
  return <When at={at} />;
}
