import type { Logger } from "pino";
import type { TenantId } from "../../auth/principal.ts";
import type { Config } from "../../config/config.ts";
import { type DeliveryFacts, decideDelivery, type Ruling } from "../../domain/deliveries/policy.ts";
import { backoff, breakFor, judgeFault, type Patience, patience, type SmtpFault } from "../../domain/mail/policy.ts";
import { saveHealth } from "../../domain/mail/store.ts";
import type { Step } from "../../log/planner.ts";
import { followClock } from "../../persistence/clock.ts";
import type { Database } from "../../persistence/database.ts";
import { type Hanging, keepsSlot } from "../slot.ts";
import type { MailHolds } from "./hold-store.ts";
import { failed, leftWaiting, putOff } from "./mail-ends.ts";
import {
  type ClaimedMail,
  catchMail,
  claimMail,
  finishMail,
  freeClaims,
  lookAgain,
  type MailEnd,
  schedulePump,
} from "./mail-store.ts";
import { stateOf } from "./notification-state.ts";
import { linksOf, loadOutlet, type Outlet } from "./outlet.ts";
import { rewriteDigest } from "./rewrite-digest.ts";
import { findRulingAgain, holdMail } from "./ruling-store.ts";
import { type OpenLines, type Receipt, SmtpLine, type SmtpWaits, smtpWaits } from "./smtp.ts";
import { LeftWaiting, Standing } from "./standing.ts";
import { type Turn, Turnstile } from "./turnstile.ts";

export interface MailContext {
  config: Config;
  db: Database;
  holds: MailHolds;
  lines: OpenLines;
  /** What goes on after its job has given its slot away. */
  hanging: Hanging;
  log: Logger;
  /** Fires when the process is to end: no mail is begun after that. */
  stopping: AbortSignal;
  step?: Step | undefined;
  patience?: Partial<Patience> | undefined;
  waits?: Partial<SmtpWaits> | undefined;
}

/** Connections to one tenant's server. */
const width = 4;
/** Connections of a process to one server from which on each tenant that shares it has but one there. */
const most = 8;
/** ms that a tenant has a worker's slot before it stands in line again. */
const turn = 5_000;

/**
 * Sends a tenant's mail that is due. One pump works a tenant at a time, and one whose server hangs goes on without a worker's slot: so it
 * keeps no other tenant's mail waiting. What failed is tried again later, what is due later is come back to.
 */
export async function pumpMail(context: MailContext, tenantId: TenantId): Promise<void> {
  const { db, holds, hanging, log } = context;
  const { again, slot } = { ...patience, ...context.patience };
  // Whoever has it looks again when it lets go, unless it is dead and Postgres has not noticed.
  const comeBack = async () => lookAgain(db, tenantId, new Date((await db.now()) + again));
  if (!(await holds.take(tenantId))) return await comeBack();
  let lastEnd = Date.now();
  const onEnd = () => {
    lastEnd = Date.now();
  };
  const onError = (error: unknown) =>
    log.warn({ err: error }, "a tenant's mail could not be worked; it is tried again");
  const work = pumpHeld(context, tenantId, onEnd);
  const place = `mail of ${tenantId}`;
  if (!(await keepsSlot(work, { hanging, place, patience: slot, lastSign: () => lastEnd, onError }))) await comeBack();
}

async function pumpHeld(context: MailContext, tenantId: TenantId, onEnd: () => void): Promise<void> {
  const { db, config, holds } = context;
  let openUntil = 0;
  try {
    await freeClaims(db.pool, tenantId);
    // Takes long to load: not before there is mail. A program that cannot load it takes none in hand, and the job is tried again.
    const { composeMail } = await import("./compose.tsx");
    const [outlet, now] = [await loadOutlet(db, config, tenantId), await followClock(db)];
    const pump = new Pump(context, tenantId, { outlet, now, onEnd, composeMail });
    await pump.run();
    openUntil = pump.openUntil;
    await context.step?.("mail pumped");
  } finally {
    await holds.letGo(tenantId);
  }
  await context.step?.("mail let go");
  await schedulePump(db.pool, tenantId, new Date(openUntil));
}

interface Given {
  outlet: Outlet;
  /** Postgres' clock. */
  now: () => number;
  /** Hears of each try that ended. */
  onEnd: () => void;
  composeMail: typeof import("./compose.tsx").composeMail;
}

class Pump {
  private readonly deadline = Date.now() + turn;
  /**
   * Of one tenant one mail at a time is between its last byte and our note that it was taken: when the worker dies, that one is in doubt
   * and sent again, and no other.
   */
  private readonly texts = new Turnstile();
  private failures: number;
  openUntil: number;
  /** Another server was set meanwhile: what is left is the next pump's. */
  private replaced = false;
  private readonly standing: Standing;
  private readonly patience: Patience;
  private readonly waits: SmtpWaits;
  private readonly context: MailContext;
  private readonly tenantId: TenantId;
  private readonly outlet: Outlet;
  private readonly now: () => number;
  private readonly onEnd: () => void;
  private readonly composeMail: Given["composeMail"];

  constructor(context: MailContext, tenantId: TenantId, given: Given) {
    const { outlet } = given;
    this.context = context;
    this.tenantId = tenantId;
    this.outlet = outlet;
    this.now = given.now;
    this.onEnd = given.onEnd;
    this.composeMail = given.composeMail;
    this.failures = outlet.server ? outlet.failures : 0;
    this.openUntil = outlet.server ? outlet.openUntil : 0;
    this.patience = { ...patience, ...context.patience };
    this.standing = new Standing(context.db, tenantId, this.patience.halt);
    this.waits = { ...smtpWaits, ...context.waits };
  }

  /** Sends until nothing is due, the server is in trouble, or the turn is over. A server that was in trouble is tried with one mail. */
  async run(): Promise<void> {
    if (this.outlet.locked) return await this.noteLocked();
    const probing = this.failures >= this.patience.faults;
    const { server } = this.outlet;
    const lines = [this.line()];
    while (!probing && lines.length < width && (!server || this.context.lines.at(server).lines < most))
      lines.push(this.line());
    // All of them, also when one fails: what the others are at would be freed and sent again by whoever has the tenant's mail next.
    for (const end of await Promise.allSettled(lines)) if (end.status === "rejected") throw end.reason;
  }

  private async line(): Promise<void> {
    const { server } = this.outlet;
    const smtp = server && new SmtpLine(server, this.waits, this.context.lines);
    try {
      while (!this.over() && !smtp?.crowded) {
        this.requireHold();
        const mail = await claimMail(this.context.db.pool, this.tenantId);
        if (!mail) return;
        await this.context.step?.("mail claimed");
        const turn = this.texts.turn(() => this.standing.require().then(() => this.requireHold()));
        try {
          const end = await this.handle(mail, smtp, turn);
          if (end) await this.finish(mail, end);
          await this.context.step?.("mail recorded");
          this.onEnd();
        } finally {
          turn.end();
        }
      }
    } finally {
      smtp?.close();
    }
  }

  private over(): boolean {
    const isUp = Date.now() >= this.deadline || this.now() < this.openUntil;
    return isUp || this.replaced || this.standing.isHalted || this.context.stopping.aborted;
  }

  /** Throws when somebody else may have the tenant's mail by now, this one included: what becomes of it is theirs to say. */
  private requireHold(): void {
    if (!this.context.holds.has(this.tenantId)) throw new Error("the hold of a tenant's mail was lost");
  }

  private async finish(mail: ClaimedMail, end: MailEnd): Promise<void> {
    if (end.outcome !== "sent") this.requireHold();
    await finishMail(this.context.db.pool, this.tenantId, mail, end);
    // Not before the mail is written down: should this fail, it would be sent again.
    if (end.outcome === "sent" && this.failures > 0) await this.note(0);
  }

  /** What became of a mail; undefined when it is written down already. */
  private async handle(mail: ClaimedMail, smtp: SmtpLine | undefined, turn: Turn): Promise<MailEnd | undefined> {
    const stop = await this.decide(mail);
    if (stop?.heldUntil ?? stop?.dueAt) {
      this.requireHold();
      return void (await holdMail(this.context.db, this.tenantId, mail, (ruling) => this.judge(mail, ruling)));
    }
    if (stop) return stop;
    let raw: Buffer;
    try {
      raw = await this.composeMail(mail, this.outlet.sender, linksOf(this.context.config, this.tenantId, mail));
    } catch (error) {
      this.context.log.error({ err: error, delivery: mail.id }, "a mail could not be written");
      return failed("permanent", `The mail could not be written: ${(error as Error).message}`);
    }
    if (!smtp) return void (await catchMail(this.context.db, this.tenantId, mail, raw));
    return await this.send(mail, smtp, raw, turn);
  }

  private async send(mail: ClaimedMail, smtp: SmtpLine, raw: Buffer, turn: Turn): Promise<MailEnd> {
    const envelope = { from: this.outlet.sender.from.address, to: mail.address ?? "" };
    let receipt: Receipt;
    try {
      receipt = await smtp.send(envelope, raw, turn);
    } catch (error) {
      this.requireHold();
      if (error instanceof LeftWaiting) return leftWaiting(error, this.now());
      if (smtp.crowded) return putOff(error as SmtpFault, this.now());
      return await this.failure(mail, error as SmtpFault);
    }
    await this.context.step?.("mail accepted");
    const { words, providerId } = receipt;
    return { outcome: "sent", status: "sent", rule: "accepted", detail: words, words, providerId };
  }

  private async failure(mail: ClaimedMail, fault: SmtpFault): Promise<MailEnd> {
    const { temporary, ofServer, ofAddress, words } = judgeFault(fault);
    if (ofServer) await this.note(this.failures + 1, words);
    if (!temporary) return { ...failed("permanent", words), ...(ofAddress ? { suppress: mail.address ?? "" } : {}) };
    if (mail.attempts >= this.patience.attempts) return failed("temporary", words);
    const wait = this.replaced ? 0 : backoff(mail.attempts, this.patience);
    const dueAt = new Date(this.now() + wait);
    return { outcome: "temporary", status: "queued", detail: words, words, dueAt };
  }

  /** Whoever gives the password again has the mail looked at, and so does time: the secret that it was stored with may be back. */
  private async noteLocked(): Promise<void> {
    if (this.now() < this.openUntil) return;
    const failures = Math.max(this.failures + 1, this.patience.faults);
    await this.note(failures, "The stored password cannot be read: give it again");
  }

  /** Keeps count of the server's faults where a restart does not lose it. */
  private async note(failures: number, error?: string): Promise<void> {
    this.failures = failures;
    const wait = breakFor(failures, this.patience);
    if (wait > 0) this.openUntil = Math.max(this.openUntil, this.now() + wait);
    const openUntil = wait > 0 ? new Date(this.openUntil) : null;
    const health = { failures, openUntil, ...(error ? { error } : {}) };
    if (await saveHealth(this.context.db, this.outlet.healthOwner, health, this.outlet.since)) return;
    this.replaced = true;
    this.openUntil = 0;
  }

  /** Why a mail is not sent after all, or not now; undefined when it is. */
  private async decide(mail: ClaimedMail): Promise<MailEnd | undefined> {
    if (mail.older) return { outcome: "stopped", status: "waiting", rule: "epoch" };
    if (mail.attempts > this.patience.attempts) return failed("temporary", "The worker died at every try");
    const ruling = await findRulingAgain(this.context.db, this.tenantId, mail);
    return this.judge(mail, ruling) ?? (await rewriteDigest(this.context.db, this.tenantId, mail));
  }

  private judge(mail: ClaimedMail, ruling: Ruling): MailEnd | undefined {
    const { status, rule, detail, until } = decideDelivery(this.factsOf(mail, ruling));
    if (status === "queued") return undefined;
    // What lets go of held mail makes digests of it: a digest is not held again, it waits in line.
    if (mail.kind === "digest" && status === "held")
      return { outcome: "stopped", status: "queued", rule, detail, dueAt: until };
    return { outcome: "stopped", status, rule, detail, heldUntil: until };
  }

  private factsOf(mail: ClaimedMail, ruling: Ruling): DeliveryFacts {
    return {
      channel: "email",
      now: new Date(this.now()),
      notification: stateOf(mail),
      ruling,
      address: mail.address ?? undefined,
      suppressed: mail.suppressed ?? undefined,
      way: this.outlet.server ? "server" : this.outlet.catcher ? "catcher" : "none",
    };
  }
}
