import addressparser from "nodemailer/lib/addressparser";
import { z } from "zod";
import { type ProxySetting, trustOf } from "../client-address.ts";
import { parseDatabaseUrl } from "../persistence/database-url.ts";
import { StartError } from "./start-error.ts";

/** A setting: read from the environment only. README's table is made from this list. */
interface Setting {
  /** As README prints it; what depends on other settings is settled in `config.ts`. */
  default: string;
  description: string;
  schema: z.ZodType;
}

const LOG_LEVELS = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
const ROLES = ["api", "web", "worker"] as const;

/** One of the three parts of the service; a process starts those that ROLES names. */
export type Role = (typeof ROLES)[number];

const wholeNumber = z.string().regex(/^\d+$/, "must be a whole number").transform(Number);

export const settings = {
  PORT: {
    default: "`3000`",
    description: "The one port everything is served on.",
    schema: wholeNumber.refine((port) => port >= 1 && port <= 65535, "must be from 1 to 65535").default(3000),
  },
  HOST: {
    default: "`127.0.0.1,::1`; `0.0.0.0` with `DATABASE_URL`",
    description: "Addresses to listen on, separated by commas.",
    schema: list(z.string().min(1, "has an empty address; take one comma out")).optional(),
  },
  BASE_URL: {
    default: "`http://localhost:{PORT}`",
    description: "The address people use, for links in email and for cookies.",
    schema: z
      .url({ protocol: /^https?$/, error: "must be an http or https address" })
      .refine(isOrigin, "must be an address without a path, such as https://chat.example.com")
      .optional(),
  },
  INTERNAL_URL: {
    default: "`http://{address of this machine}:{PORT}`",
    description:
      "Where other nodes reach this one; where `HOST` does not name all addresses, the first that it names. Only SignalR's long polls, event streams and stateful sockets need it.",
    schema: z.url({ protocol: /^http$/, error: "must be an http address" }).optional(),
  },
  DATA_DIR: {
    default: "`.data`",
    description:
      "Folder of the embedded Postgres, the secrets and `demo.json`. Started by root where other accounts cannot enter, Postgres is in `/var/lib/parley`.",
    schema: z.string().default(".data"),
  },
  DATABASE_URL: {
    default: "none: an embedded Postgres is started",
    description:
      "A Postgres of yours (15 or newer), as a role that owns the database, or may create it, and may create roles.",
    // One of a socket has a user and no host (`…@/parley?host=/run/postgresql`): from here on it has one, as others read addresses too.
    schema: z
      .string()
      .refine(isOfPostgres, "must be a postgres:// address")
      .transform((text) => parseDatabaseUrl(text).href)
      .optional(),
  },
  DATABASE_CONNECTIONS: {
    default: "`16`",
    description:
      "How many connections to Postgres each of the roles `api` and `worker` holds at most for its queries, beside its few of other kinds.",
    schema: wholeNumber.refine((count) => count >= 4 && count <= 1000, "must be from 4 to 1000").default(16),
  },
  REDIS_URL: {
    default: "none: Postgres wakes other nodes",
    description: "Redis for wake-ups between several nodes.",
    schema: z.url({ protocol: /^rediss?$/, error: "must be a redis:// address" }).optional(),
  },
  TRUST_PROXY: {
    default: "`0`: nothing is in front",
    description:
      "How many reverse proxies are in front, or their addresses and ranges (`10.0.0.0/8,::1`): only their `X-Forwarded-For` tells who calls.",
    schema: z
      .string()
      .transform((text) => (/^\d+$/.test(text) ? Number(text) : text.split(",").map((part) => part.trim())))
      .refine(isProxySetting, "must be a number up to 10, or addresses such as 10.0.0.0/8, separated by commas")
      .default(0),
  },
  ROLES: {
    default: "`api,web,worker`",
    description: "What this process runs, separated by commas; `api` without `web` serves no pages.",
    schema: list(z.enum(ROLES, `must be some of ${ROLES.join(", ")}`)).default([...ROLES]),
  },
  AUTH_SECRET: {
    default: "made and kept in `DATA_DIR`; required with `DATABASE_URL`",
    description: "At least 32 characters; the same on every node. Everything secret is derived from it.",
    schema: z.string().min(32, "must have at least 32 characters").optional(),
  },
  MAIL_URL: {
    default: "none",
    description:
      "Mail server of tenants that set none of their own, `smtp://user:password@host:port`. Without one mail is caught and can be looked at. It also sends the links to sign in, set a password and accept an invitation; without one the embedded default logs them, whatever `LOG_LEVEL` says.",
    schema: z
      .url({ protocol: /^smtps?$/, error: "must be an smtp:// or smtps:// address" })
      .refine((url) => !URL.canParse(url) || new URL(url).hostname !== "", "names no server; write smtp://host:port")
      .refine(isReadable, "has a % in its user or password that must be written %25")
      .optional(),
  },
  MAIL_FROM: {
    default: "`Parley <parley@localhost>`",
    description: "Sender of all email by `MAIL_URL`, under the tenant's name, and of tenants that have set none.",
    schema: z
      .string()
      .refine(isOneAddress, "must be one address, such as Parley <parley@example.com>")
      .default("Parley <parley@localhost>"),
  },
  MAIL_SNS_TOPIC_ARN: {
    default: "none",
    description:
      "Topic of Amazon SNS to which SES tells bounces and complaints of the server in `MAIL_URL`: subscribe `{BASE_URL}/installation/mail/events/ses` to it. SES must publish events (with tags), by the default configuration set of the identity, or notifications with the original headers.",
    schema: z
      .string()
      .regex(/^arn:aws[a-z-]*:sns:/, "must be the ARN of an SNS topic")
      .optional(),
  },
  MAIL_POSTMARK_SECRET: {
    default: "none",
    description:
      "Secret with which Postmark tells bounces and complaints of the server in `MAIL_URL`: `https://parley:{secret}@{host}/installation/mail/events/postmark`.",
    schema: z.string().min(16, "must have at least 16 characters").optional(),
  },
  SIGN_UP: {
    default: "`open`; `invite` with `DATABASE_URL`",
    description:
      "Who may sign up and make a tenant: `open` (everybody) or `invite` (whoever was invited, and the installation's owner).",
    schema: z.enum(["open", "invite"], "must be open or invite").optional(),
  },
  OIDC_ISSUER: {
    default: "none",
    description:
      "Lets people sign in to the console by an OpenID Connect provider, next to password and mail: its address, as its tokens say it in `iss`. With `OIDC_CLIENT_ID` and `OIDC_CLIENT_SECRET`; give the provider `{BASE_URL}/api/auth/callback/oidc` to redirect to.",
    schema: z.url({ protocol: /^https?$/, error: "must be an https address" }).optional(),
  },
  OIDC_CLIENT_ID: {
    default: "none",
    description: "What the provider calls this installation.",
    schema: z.string().optional(),
  },
  OIDC_CLIENT_SECRET: {
    default: "none",
    description: "The secret that the provider gave to it.",
    schema: z.string().optional(),
  },
  OIDC_NAME: {
    default: "`single sign-on`",
    description: "What people call the provider: the button says `Continue with {OIDC_NAME}`.",
    schema: z.string().max(40, "must have at most 40 characters").default("single sign-on"),
  },
  SEED: {
    default: "`demo`; `none` with `DATABASE_URL`",
    description:
      "`demo` makes the tenant `demo`, with people and chats to try things on, in any database that lacks it. It is open to everybody: whoever comes acts as any of its people without signing in.",
    schema: z.enum(["demo", "none"], "must be demo or none").optional(),
  },
  LOG_LEVEL: {
    default: "`info`",
    description: `How much is logged: ${LOG_LEVELS.join(", ")}.`,
    schema: z.enum(LOG_LEVELS, `must be one of ${LOG_LEVELS.join(", ")}`).default("info"),
  },
  ALLOW_PRIVATE_NETWORKS: {
    default: "`false`",
    description:
      "Lets servers that tenants name (identity providers, webhooks, mail servers of their own) be at private addresses, and issuers, webhooks, `hub.url` and `OIDC_ISSUER` be plain `http`.",
    schema: z.stringbool("must be true or false").default(false),
  },
  NODE_ENV: {
    default: "`production`",
    description: "`development` serves the pages with reload.",
    schema: z.string().default("production"),
  },
} satisfies Record<string, Setting>;

export type Env = { [Name in keyof typeof settings]: z.output<(typeof settings)[Name]["schema"]> };

/**
 * Reads the settings. An empty variable counts as unset, as compose files write it.
 * @throws StartError naming each setting that cannot be read.
 */
export function readEnv(source: NodeJS.ProcessEnv = process.env): Env {
  const faults: string[] = [];
  const entries = Object.entries(settings).map(([name, { schema }]) => {
    const given = source[name]?.trim() || undefined;
    const parsed = schema.safeParse(given);
    if (!parsed.success) faults.push(`${name} ${parsed.error.issues[0]?.message}`);
    return [name, parsed.data];
  });
  if (faults.length > 0) throw new StartError(`${faults.join("; ")}.`);
  return Object.fromEntries(entries) as Env;
}

/** The variables a child process gets: ours, without the addresses and secrets that it is handed over a private channel instead. */
export function childEnvironment(extra: Record<string, string> = {}): NodeJS.ProcessEnv {
  const { DATABASE_URL, REDIS_URL, MAIL_URL, MAIL_POSTMARK_SECRET, AUTH_SECRET, OIDC_CLIENT_SECRET, ...rest } =
    process.env;
  return { ...rest, ...extra };
}

function isOfPostgres(text: string): boolean {
  try {
    return /^postgres(ql)?:$/.test(parseDatabaseUrl(text).protocol);
  } catch {
    return false;
  }
}

/** Whether what stands for other letters in its user and password, as %20 for a blank, can be read. */
function isReadable(url: string): boolean {
  if (!URL.canParse(url)) return true; // that is said already
  const { username, password } = new URL(url);
  try {
    for (const part of [username, password]) decodeURIComponent(part);
    return true;
  } catch {
    return false;
  }
}

function isProxySetting(setting: ProxySetting): boolean {
  if (typeof setting === "number") return setting <= 10;
  try {
    return trustOf(setting) !== undefined;
  } catch {
    return false;
  }
}

/** Pages are served at the root alone: links with a path before them would lead nowhere. */
function isOrigin(address: string): boolean {
  if (!URL.canParse(address)) return true; // that is said already
  const { pathname, search, hash, username, password } = new URL(address);
  return pathname === "/" && search + hash + username + password === "";
}

/** The text stands in a mail's header as it is: a line break would begin another one. */
function isOneAddress(text: string): boolean {
  const [one, ...others] = addressparser(text, { flatten: true });
  return others.length === 0 && !/[\r\n]/.test(text) && /^[^\s@<>,;]+@[^\s@<>,;]+$/.test(one?.address ?? "");
}

function list<Item extends z.ZodType<unknown, string>>(item: Item) {
  return z
    .string()
    .transform((text) => text.split(",").map((part) => part.trim()))
    .pipe(z.array(item).min(1));
}
