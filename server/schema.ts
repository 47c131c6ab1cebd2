import { z } from "zod";

/** Limits that the contract publishes. */
export const limits = {
  messageBytes: 16 * 1024,
  metadataBytes: 8 * 1024,
  bodyBytes: 256 * 1024,
  chatName: 200,
  membersPerCall: 1000,
  mentions: 50,
  /** Of a send to many, and its body's bytes. */
  recipients: 10_000,
  recipientsBytes: 2 * 1024 * 1024,
  subject: 500,
  summary: 1000,
  htmlBytes: 64 * 1024,
  notificationsPerCall: 500,
  frameBytes: 64 * 1024,
  /** A node: hub, event streams and Pusher together, long polls and tRPC sockets each. */
  connectionsPerUser: 200,
  /** Of a tenant, from one address, that carry nothing but the key of its Pusher app; a node. */
  anonymousPerAddress: 1000,
  jsonDepth: 20,
} as const;

const utf8 = new TextEncoder();

/**
 * At most so many characters, as JSON Schema, Postgres and most languages count them: of an emoji JavaScript counts two. They are counted
 * where that makes a difference alone.
 */
function atMost(maxLength: number, tooLong?: string) {
  const check = z.maxLength(maxLength, { error: tooLong, abort: true });
  const { check: byUnits } = check._zod;
  check._zod.check = (payload) => {
    const { value } = payload;
    const mayFit = typeof value === "string" && value.length > maxLength && value.length <= 2 * maxLength;
    if (!mayFit || [...value].length > maxLength) byUnits(payload);
  };
  return check;
}

/** Text that Postgres can hold: no NUL, no lone surrogate. */
export function text(maxLength: number, tooLong?: string) {
  return z
    .string()
    .check(atMost(maxLength, tooLong))
    .refine((value) => !value.includes("\u0000"), "must not contain NUL")
    .refine((value) => value.isWellFormed(), "must be well-formed Unicode");
}

export const userId = text(128)
  .min(1)
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what is refused
  .refine((value) => !/[\u0000-\u001f\u007f]/.test(value), "must not contain control characters")
  .describe("Your own id of the user");

/** One that names somebody into something: who is called so could not be taken out again, for addresses are read without it. */
export const namedUserId = userId.refine((value) => value !== "." && value !== "..", "names no user");

/** An id from an address: whatever it is, it is looked up or not found, never a 400. */
export const entityId = z.string().describe("Opaque id");

const longestMessage = `must be at most ${limits.messageBytes / 1024} KiB of text`;

export const messageContent = text(limits.messageBytes, longestMessage)
  .min(1)
  .refine((value) => utf8.encode(value).length <= limits.messageBytes, longestMessage);

export const metadata = z
  .record(z.string(), z.json())
  .superRefine((value, issues) => {
    if (!isStorable(value))
      issues.addIssue({
        code: "custom",
        message: "must not contain NUL, lone surrogates, numbers beyond ±1e308 or more than 20 levels",
      });
    else if (utf8.encode(JSON.stringify(value)).length > limits.metadataBytes)
      issues.addIssue({ code: "custom", message: `at most ${limits.metadataBytes} bytes` });
  })
  .describe("Your own JSON object, at most 8 KiB");

/** Whether jsonb will take a value: nothing that a caller says may abort a shared statement. */
export function isStorable(value: unknown, depth = 0): boolean {
  if (depth > limits.jsonDepth) return false;
  if (typeof value === "string") return !value.includes("\u0000") && value.isWellFormed();
  if (typeof value === "number") return Number.isFinite(value) && Math.abs(value) <= 1e308;
  if (Array.isArray(value)) return value.every((item) => isStorable(item, depth + 1));
  if (value && typeof value === "object")
    return Object.entries(value).every(([key, item]) => isStorable(key) && isStorable(item, depth + 1));
  return true;
}

/** Answers with nothing to say are `{}`: client code calls `.json()` on every one. */
export const empty = z.object({});

export const pageInput = {
  pageNumber: z.number().optional().describe("From 1"),
  pageSize: z.number().optional().describe("1 to 50, 10 unless given"),
};

/** Of a list with a bound of its own, of which one answer may hold all. */
export function boundedPageInput(most: number) {
  return { ...pageInput, pageSize: pageInput.pageSize.describe(`1 to ${most}, 10 unless given`) };
}

/** As long as one can be that we hand out: an address of 254 characters of four bytes each, and a time, in base64. */
const cursorLength = 1600;
/** What no cursor is. */
const noCursor = "\u0000";

/** A cursor, or the id of an event. One that is too long is not kept, and like any other that was not made here `cursor_invalid` where it is read. */
export const cursor = z.string().overwrite((text) => (text.length > cursorLength ? noCursor : text));

export const cursorInput = {
  before: cursor.optional().describe("Older than this cursor: nextCursor goes here"),
  after: cursor.optional().describe("Newer than this cursor: prevCursor goes here"),
  limit: z.number().optional().describe("1 to 200"),
};

/** Of a list by name, which goes on by `after`. */
export const nameCursorInput = {
  before: cursorInput.before.describe("Before this cursor in the order of the list: prevCursor goes here"),
  after: cursorInput.after.describe("After this cursor in the order of the list: nextCursor goes here"),
  limit: cursorInput.limit,
};

/** The page form of a list. */
export function page<T extends z.ZodType>(item: T) {
  return z.object({
    data: z.array(item),
    pageNumber: z.number().int(),
    pageSize: z.number().int(),
    totalCount: z.number().int(),
    totalPages: z.number().int(),
    hasPreviousPage: z.boolean(),
    hasNextPage: z.boolean(),
  });
}

/** The cursor form of a list. */
export function cursorPage<T extends z.ZodType>(item: T) {
  return z.object({ data: z.array(item), nextCursor: z.string().nullable(), prevCursor: z.string().nullable() });
}

const firstInstant = Date.parse("0001-01-01T00:00:00Z");
const lastInstant = Date.parse("9999-12-31T23:59:59.999Z");

/** Whether Postgres takes a time, in ms since 1970: of other years than 1 to 9999 it and JavaScript write each other nothing readable. */
export function isStorableTime(ms: number): boolean {
  return ms >= firstInstant && ms <= lastInstant;
}

// A blank before an offset is the plus of a query that nobody has encoded.
const instantForm = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d(?::\d\d)?)(\.\d{1,9})?(Z|z|[+ -]\d\d(?::?\d\d)?)?$/;

/** A time as .NET, Python and browsers write it: `Z`, an offset or none (then UTC), up to 9 fractional digits. Becomes ISO-8601 UTC. */
export const instant = z
  .string()
  .max(40)
  .transform((value, issues) => {
    const [, day, clock, fraction = "", zone = "Z"] = instantForm.exec(value) ?? [];
    const offset = zone
      .toUpperCase()
      .replace(" ", "+")
      .replace(/^.\d\d$/, "$&:00");
    const at = new Date(`${day}T${clock}${fraction.slice(0, 4)}${offset}`);
    if (!day || !isStorableTime(at.getTime()) || !isDay(day)) {
      issues.addIssue({ code: "custom", message: "must be an ISO-8601 time, such as 2026-01-31T09:00:00Z" });
      return z.NEVER;
    }
    return at.toISOString();
  })
  .meta({ format: "date-time", description: "ISO-8601; without a zone UTC" });

/** Whether a readable date, `2026-01-31`, is a day: JavaScript reads the 31st of April as the 1st of May. */
export function isDay(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

/**
 * An address with its domain as mail servers take it: what is not ASCII in there goes by its other form (RFC 5891), which hardly any server
 * asks for by itself.
 */
export function withAsciiDomain(address: string): string {
  const at = address.lastIndexOf("@") + 1;
  const domain = address.slice(at);
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are ASCII
  if (/^[\u0000-\u007f]*$/.test(domain) || /[\s/?#:\\]/.test(domain)) return address;
  const url = readUrl(`http://${domain}`);
  return url ? address.slice(0, at) + url.hostname : address;
}

/** More than the 253 characters of a host (RFC 1035), with its port. */
const longestAuthority = 300;

/**
 * A URL, if it is one with a host that there can be. The parser puts a host of any length into ASCII, which takes time by the square of it
 * (RFC 3492): 50 ms of 2,000 characters, half a minute of what a body may hold.
 */
export function readUrl(address: string): URL | undefined {
  // As the parser finds it: without tabs and line breaks, behind any number of slashes of either kind.
  const [authority = ""] = address
    .replace(/[\t\n\r]/g, "")
    .replace(/^[^:]*:[/\\]*/, "")
    .split(/[/\\?#]/, 1);
  if (authority.length > longestAuthority || !URL.canParse(address)) return undefined;
  return new URL(address);
}

/** Whether an address is one that a browser opens. */
export function isWebAddress(address: string): boolean {
  return /^https?:$/.test(readUrl(address)?.protocol ?? "");
}

/** The same without somebody's name and password in it. */
export function isPlainWebAddress(address: string): boolean {
  const url = readUrl(address);
  return url !== undefined && /^https?:$/.test(url.protocol) && url.username === "" && url.password === "";
}

/** As Zod has it, but that a top level may be an internationalised one. */
const addressPattern =
  /^(?:[A-Za-z0-9_'+-]+\.)*[A-Za-z0-9_'+-]*[A-Za-z0-9_+-]@(?:[A-Za-z0-9][A-Za-z0-9-]*\.)+[A-Za-z][A-Za-z0-9-]*[A-Za-z0-9]$/;

/** Wherever we are told somebody's address. */
export const emailAddress = z
  .string()
  .check(z.maxLength(320, { abort: true }))
  .overwrite(withAsciiDomain)
  .check(z.email({ pattern: addressPattern }))
  .describe("An internationalised domain is kept in its ASCII form");

export const timezoneName = text(64).refine(isTimezone, "must be a time zone like Europe/Zurich");

function isTimezone(name: string): boolean {
  return isAccepted(() => new Intl.DateTimeFormat("en", { timeZone: name }));
}

/** Whether a reader of the platform takes a value: it throws a RangeError for one that it does not. */
export function isAccepted(read: () => unknown): boolean {
  try {
    read();
    return true;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** For what is written as a whole: whoever means to make one does not write over what somebody else has made. */
export const onlyNew = z
  .boolean()
  .default(false)
  .describe("Make it, or be refused with `conflict` if it exists already");
