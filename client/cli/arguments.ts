import { parseArgs } from "node:util";

/** The words make no sense; the message says which. */
export class UsageError extends Error {}

const options = {
  url: { type: "string" },
  tenant: { type: "string" },
  key: { type: "string" },
  token: { type: "string" },
  as: { type: "string" },
  json: { type: "boolean" },
  text: { type: "boolean" },
  help: { type: "boolean", short: "h" },
  groups: { type: "string" },
  expires: { type: "string" },
  protocol: { type: "string" },
  since: { type: "string" },
  until: { type: "string" },
  after: { type: "string" },
  upto: { type: "string" },
  kinds: { type: "string" },
  chat: { type: "string" },
  limit: { type: "string" },
  type: { type: "string" },
  priority: { type: "string" },
  email: { type: "string" },
  at: { type: "string" },
  id: { type: "string" },
  undelivered: { type: "boolean" },
} as const;

const everywhere = ["url", "tenant", "key", "token", "as", "json", "text", "help"];
/** The options of each command beside those of all. */
const own: Record<string, string[]> = {
  token: ["groups", "expires"],
  send: ["id"],
  tail: ["protocol", "after", "kinds", "chat", "limit"],
  notify: ["type", "priority", "email", "at"],
  replay: ["after", "upto", "since", "until", "undelivered"],
};

/** The command's name, what stands behind it, and the options. Throws UsageError. */
export function readArguments(words: string[]) {
  const { values, positionals } = parse(words);
  const [name, ...rest] = positionals;
  const allowed = name === undefined ? undefined : own[name];
  const strange = allowed && Object.keys(values).find((word) => !everywhere.includes(word) && !allowed.includes(word));
  if (strange) throw new UsageError(`parley ${name} has no option --${strange}`);
  return { name, positionals: rest, values };
}

function parse(words: string[]) {
  try {
    return parseArgs({ args: joinIds(words), options, allowPositionals: true });
  } catch (error) {
    throw new UsageError((error as Error).message.split(". ")[0]);
  }
}

/** Of the ids of events one in 64 begins with a dash, and would be taken for an option. */
function joinIds(words: string[]): string[] {
  const joined: string[] = [];
  for (const word of words) {
    const before = joined.at(-1);
    const isId = (before === "--after" || before === "--upto") && word.startsWith("-") && !isOption(word);
    if (isId) joined.push(`${joined.pop()}=${word}`);
    else joined.push(word);
  }
  return joined;
}

function isOption(word: string): boolean {
  const [name = ""] = word.slice(2).split("=");
  return word === "-h" || (word.startsWith("--") && Object.hasOwn(options, name));
}

/** Exactly these words, by name, or UsageError. */
export function take<const Names extends string[]>(
  positionals: string[],
  command: string,
  ...names: Names
): { [At in keyof Names]: string } {
  // An empty one is a variable of the shell that is not set.
  if (positionals.length !== names.length || positionals.includes(""))
    throw new UsageError(`parley ${command} takes ${names.map((name) => `<${name}>`).join(" ")}`);
  return positionals as { [At in keyof Names]: string };
}

/** A whole number above 0 of an option, undefined without one. Throws UsageError. */
export function takeCount(value: string | undefined, option: string): number | undefined {
  if (value === undefined) return undefined;
  if (!/^[1-9]\d{0,8}$/u.test(value)) throw new UsageError(`--${option} is a whole number above 0, not ${value}`);
  return Number(value);
}

/** A list between commas. */
export function takeList(value: string | undefined): string[] | undefined {
  return value?.split(",").map((word) => word.trim());
}
