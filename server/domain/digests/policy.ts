import type { TenantId } from "../../auth/principal.ts";
import type { Job } from "../../persistence/jobs.ts";
import { decideDelivery, type Ruling } from "../deliveries/policy.ts";
import { sayTime } from "../preferences/policy.ts";
import type { HeldItem, Settled } from "./store.ts";

/** That a mail shows of a digest. */
const maxShown = 50;
/** Bytes of what these say: beyond 102 kB of HTML Gmail hides the rest of a mail, and with it how many more there are and the links. */
const maxShownBytes = 48_000;

/** The jobs that let go what is held until some times. One a time, for all of a tenant's people. */
export function digestJobs(tenantId: TenantId, times: (Date | undefined)[]): Job[] {
  const distinct = new Map(times.flatMap((time) => (time ? [[time.getTime(), time] as const] : [])));
  return [...distinct].map(([ms, time]) => ({
    task: "digests",
    payload: { tenantId },
    key: `digests:${tenantId}:${ms}`,
    runAt: time,
  }));
}

/** The job that has everything judged anew that is held for anybody of a tenant, after what it says of quiet hours or digests has changed. */
export function judgeAnewJob(tenantId: TenantId): Job {
  return { task: "judge-anew", payload: { tenantId }, key: `judge-anew:${tenantId}` };
}

/** What becomes of a held mail when its time has come. */
export interface Judged {
  item: HeldItem;
  /** It goes out now, by itself or with others. */
  goes: boolean;
  /** The person still wants digests. */
  inDigest: boolean;
  /** Of one that does not go: what is written of it. */
  settled?: Settled;
}

/** Looks again at what was held: it may be read, archived, snoozed, gone or unwanted by now, or there may be a new reason to hold it on. */
export function judgeHeld(item: HeldItem, ruling: Ruling, now: Date): Judged {
  // Its digest is the one that is being made: the next one does not count.
  const digest = item.status === "folded" && ruling.outcome === "fold" ? ruling : undefined;
  const decision = decideDelivery({
    channel: "email",
    now,
    notification: item.at === null && item.expiresAt === null ? undefined : item,
    ruling: digest ? ofDigest(digest) : ruling,
    address: "known",
    suppressed: undefined,
    way: "server",
  });
  if (decision.status === "queued") return { item, goes: true, inDigest: digest !== undefined };
  const { status, rule, detail, until } = decision;
  return { item, goes: false, inDigest: false, settled: { id: item.id, status, rule, detail, heldUntil: until } };
}

/** One that was made ready before the person set these quiet hours still goes as a digest, at their end. */
function ofDigest(ruling: Extract<Ruling, { outcome: "fold" }>): Ruling {
  return ruling.quiet ? { ...ruling, until: ruling.quiet.until } : { outcome: "send", rule: ruling.rule };
}

/** What the mail of a digest says: see emails/digest. And the types that it is judged by when it is tried again. */
export function writeDigest(items: HeldItem[], { rhythm, zone }: { rhythm: boolean; zone: string }) {
  const count = items.length === 1 ? "1 notification" : `${items.length} notifications`;
  const shown = fitting(items.slice(0, maxShown));
  const more = items.length - shown.length;
  return {
    title: rhythm ? `Your digest: ${count}` : `${count} while it was quiet`,
    items: shown.map(({ subject, message, at }) => ({
      subject,
      message: message ?? "",
      at: at ? sayTime(at, zone) : "",
    })),
    ...(more > 0 ? { more } : {}),
    types: [...new Set(items.map(({ type }) => type))],
  };
}

/** The first of them, as many as a mail has room for. */
function fitting(items: HeldItem[]): HeldItem[] {
  let room = maxShownBytes;
  return items.filter(({ subject, message }) => {
    room -= htmlBytes(subject + (message ?? ""));
    return room >= 0;
  });
}

/** In UTF-8, where what HTML has a name for takes up to six. */
function htmlBytes(text: string): number {
  return Buffer.byteLength(text.replace(/[&<>"']/g, "&quot;"));
}
