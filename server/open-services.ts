import type { Logger } from "pino";
import { fetchText } from "./auth/fetch-json.ts";
import { recheckPrincipal } from "./auth/recheck.ts";
import { TenantSecurity } from "./auth/tenant-security.ts";
import { trustOf } from "./client-address.ts";
import type { Config } from "./config/config.ts";
import { Certificates } from "./domain/mail/fetch-certificate.ts";
import { Limiter } from "./limiter.ts";
import { openBus } from "./log/bus/open-bus.ts";
import { Cursors } from "./log/cursor.ts";
import { committedEvents } from "./metrics.ts";
import { MinuteLog } from "./minute-log.ts";
import { openDatabase } from "./persistence/database.ts";
import { Realtime } from "./realtime/realtime.ts";
import { RequestLog } from "./request-log.ts";
import type { Services } from "./services.ts";

interface Node {
  log: Logger;
  nodeId: string;
  /** Instead of this machine's and of Postgres' own. */
  clock: (() => number) | undefined;
  /** What fails in the background, and is tried again. */
  onError(error: unknown): void;
}

/** What every operation works with, and what carries it between nodes. Throws when the database is not to be had. */
export async function openServices(config: Config, { log, nodeId, clock, onError }: Node) {
  const now = clock ?? (() => Date.now());
  const { database, authSecret, allowPrivateNetworks } = config;
  const db = openDatabase({ url: database.runtimeUrl, connections: database.connections, log, clock });
  db.onCommit((_tenantId, events) => committedEvents.inc(events.length));
  const bus = await openBus(config, nodeId, onError);
  const security = new TenantSecurity({ db, authSecret, allowPrivateNetworks, log });
  const cursors = new Cursors(authSecret);
  const realtime = new Realtime({
    db,
    cursors,
    bus,
    nodeId,
    recheck: (principal) => recheckPrincipal(security, principal),
    shows: async (tenantId) => (await security.snapshot(tenantId))?.settings.presence ?? false,
    onRecheck: (tenantId) => security.forget(tenantId),
    onError,
  });
  const limiter = new Limiter(() => realtime.nodes);
  const certificates = new Certificates((address) => fetchText(address, config));
  const requests = new RequestLog({ db, security, log, now });
  const minutes = new MinuteLog({ db, log, now, connections: () => realtime.connectionCounts() });
  const noting = { requests, minutes };
  const settings = settingsOf(config);
  const services: Services = { db, cursors, live: realtime, security, limiter, ...noting, now, certificates, settings };
  /** Once nothing calls any more. */
  const close = async () => {
    await Promise.all([security.close(), requests.flush(), minutes.close()]);
    await bus.close();
    await db.close();
  };
  return { services, realtime, bus, close };
}

function settingsOf(config: Config): Services["settings"] {
  const { baseUrl, authSecret, mail, host, signUp, trustProxy } = config;
  return {
    baseUrl,
    authSecret,
    mailServer: mail.url !== undefined,
    bounces: mail,
    loopback: host.every((each) => each === "127.0.0.1" || each === "::1" || each === "localhost"),
    startedAt: Date.now(),
    signUp,
    trustProxy: trustOf(trustProxy),
  };
}
