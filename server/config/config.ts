import { networkInterfaces } from "node:os";
import { resolve } from "node:path";
import type { ProxySetting } from "../client-address.ts";
import { projectRoot } from "../persistence/project-root.ts";
import type { Env, Role } from "./env.ts";
import { StartError } from "./start-error.ts";

export type { Role } from "./env.ts";

/** Everything the parts of the service need to know. Plain data: child processes get it as a message. */
export interface Config {
  port: number;
  /** Addresses to listen on; all of them exist on this machine. */
  host: string[];
  /** Without a slash at the end. */
  baseUrl: string;
  /** Where other nodes reach this one; found out when left out. Without a slash at the end. */
  internalUrl?: string;
  /** Absolute. */
  dataDir: string;
  database: {
    /** Owns the tables: migrations and seeding only. */
    ownerUrl: string;
    /** Owns nothing and is under row-level security: everything else. */
    runtimeUrl: string;
    embedded: boolean;
    /** At most so many are held by a role for its queries. */
    connections: number;
  };
  redisUrl?: string;
  trustProxy: ProxySetting;
  roles: ReadonlySet<Role>;
  /** Keys are derived from it with `deriveKey`; never used as a key itself. */
  authSecret: string;
  mail: { url?: string; from: string; snsTopicArn?: string; postmarkSecret?: string };
  signUp: "open" | "invite";
  seed: "demo" | "none";
  dev: boolean;
  logLevel: Env["LOG_LEVEL"];
  allowPrivateNetworks: boolean;
}

/** The OpenID Connect provider by which people may sign in to the console. */
export interface SignInProvider {
  /** Without a slash at the end. */
  issuer: string;
  clientId: string;
  clientSecret: string;
  /** What people call it. */
  name: string;
}

/** What is known before the database runs. */
export interface Draft extends Omit<Config, "database" | "authSecret"> {
  databaseUrl?: string;
  databaseConnections: number;
  authSecret?: string;
  /** The web role's alone. */
  provider?: SignInProvider;
}

/**
 * Settles the defaults that depend on other settings.
 * @throws StartError when the settings contradict each other.
 */
export function draftConfig(env: Env): Draft {
  const embedded = env.DATABASE_URL === undefined;
  const roles = new Set(env.ROLES);
  if (roles.has("web") && !roles.has("api")) {
    throw new StartError("ROLES has web without api: pages are served through the api role, so name both.");
  }
  if (!embedded && env.AUTH_SECRET === undefined) {
    throw new StartError(
      "DATABASE_URL needs AUTH_SECRET, the same on every node: make one with `openssl rand -base64 32` and keep it.",
    );
  }
  return {
    port: env.PORT,
    host: env.HOST ?? (embedded ? ["127.0.0.1", "::1"] : ["0.0.0.0"]),
    baseUrl: (env.BASE_URL ?? `http://localhost:${env.PORT}`).replace(/\/+$/, ""),
    internalUrl: env.INTERNAL_URL?.replace(/\/+$/, ""),
    dataDir: resolve(projectRoot(), env.DATA_DIR),
    databaseUrl: env.DATABASE_URL,
    databaseConnections: env.DATABASE_CONNECTIONS,
    redisUrl: env.REDIS_URL,
    trustProxy: env.TRUST_PROXY,
    roles,
    authSecret: env.AUTH_SECRET,
    mail: {
      url: env.MAIL_URL,
      from: env.MAIL_FROM,
      snsTopicArn: env.MAIL_SNS_TOPIC_ARN,
      postmarkSecret: env.MAIL_POSTMARK_SECRET,
    },
    signUp: env.SIGN_UP ?? (embedded ? "open" : "invite"),
    seed: env.SEED ?? (embedded ? "demo" : "none"),
    dev: env.NODE_ENV === "development",
    logLevel: env.LOG_LEVEL,
    allowPrivateNetworks: env.ALLOW_PRIVATE_NETWORKS,
    provider: providerOf(env),
  };
}

function providerOf(env: Env): SignInProvider | undefined {
  const { OIDC_ISSUER, OIDC_CLIENT_ID: clientId, OIDC_CLIENT_SECRET: clientSecret, OIDC_NAME: name } = env;
  if (OIDC_ISSUER === undefined && clientId === undefined && clientSecret === undefined) return undefined;
  if (OIDC_ISSUER === undefined || clientId === undefined || clientSecret === undefined)
    throw new StartError("OIDC_ISSUER, OIDC_CLIENT_ID and OIDC_CLIENT_SECRET go together: set all three, or none.");
  const { protocol, hostname } = new URL(OIDC_ISSUER);
  const onThisMachine = hostname === "localhost" || hostname === "127.0.0.1" || hostname === "[::1]";
  if (protocol === "http:" && !onThisMachine && !env.ALLOW_PRIVATE_NETWORKS)
    throw new StartError("OIDC_ISSUER must be an https address; http is for this machine, or ALLOW_PRIVATE_NETWORKS.");
  return { issuer: OIDC_ISSUER.replace(/\/+$/, ""), clientId, clientSecret, name };
}

/** Completes a draft once the secret and the database are there. */
export function completeConfig(
  draft: Draft,
  authSecret: string,
  database: Omit<Config["database"], "connections">,
): Config {
  const { databaseUrl, databaseConnections: connections, provider, ...settled } = draft;
  return { ...settled, authSecret, database: { ...database, connections } };
}

/** How to listen on one of the addresses: `::` alone takes IPv4 as well, and would collide with `0.0.0.0` beside it. */
export function listenOptions(host: string, { host: all, port }: Pick<Config, "host" | "port">) {
  return { host, port, ipv6Only: host === "::" && all.includes("0.0.0.0") };
}

/** Where this machine reaches the api: for the web role and for the lines printed at start. */
export function loopbackUrl(config: Pick<Config, "host" | "port">): string {
  const host = config.host[0] ?? "127.0.0.1";
  if (host === "0.0.0.0" || host === "127.0.0.1" || host === "::") return `http://127.0.0.1:${config.port}`;
  return `http://${host.includes(":") ? `[${host}]` : host}:${config.port}`;
}

/** Where other nodes reach the api on a port: this machine's own address when it listens on all of them. */
export function internalUrl({ host, internalUrl }: Pick<Config, "host" | "internalUrl">, port: number): string {
  if (internalUrl !== undefined) return internalUrl;
  if (!host.some((each) => each === "0.0.0.0" || each === "::")) return loopbackUrl({ host, port });
  const addresses = Object.values(networkInterfaces()).flatMap((list) => list ?? []);
  const own = addresses.find(({ family, internal }) => family === "IPv4" && !internal);
  return own ? `http://${own.address}:${port}` : loopbackUrl({ host, port });
}
