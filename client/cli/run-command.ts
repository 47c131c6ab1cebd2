import { ParleyError, TokenError } from "../parley-error.ts";
import { readArguments, UsageError } from "./arguments.ts";
import { notify } from "./notify.ts";
import { Output } from "./output.ts";
import { replay } from "./replay.ts";
import { send } from "./send.ts";
import { openService, type Service } from "./service.ts";
import { tail } from "./tail.ts";
import { token } from "./token.ts";
import { commandUsage, usage } from "./usage.ts";

/** What a command ends with, for scripts. */
const exits = { done: 0, refused: 1, usage: 2, unanswered: 3 } as const;

export interface Command {
  service: Service;
  out: Output;
  /** What stands behind the command's name. */
  positionals: string[];
  values: ReturnType<typeof readArguments>["values"];
}

const commands = new Map<string, (command: Command) => Promise<void>>(
  Object.entries({ token, send, tail, notify, replay }),
);

/** Runs what the words ask for and returns the code to exit with. What went wrong is said on stderr. */
export async function runCommand(words: string[]): Promise<number> {
  try {
    const { name, positionals, values } = readArguments(words);
    const command = commands.get(name ?? "");
    if (values.help || name === undefined) {
      process.stdout.write(command && name ? commandUsage(name) : usage());
      return name === undefined && !values.help ? exits.usage : exits.done;
    }
    if (!command) throw new UsageError(`There is no command ${name}. parley --help lists them`);
    const out = new Output(values.json ? "json" : values.text || process.stdout.isTTY ? "text" : "json");
    await command({ service: openService(values), out, positionals, values });
    return exits.done;
  } catch (error) {
    return explain(error);
  }
}

function explain(error: unknown): number {
  // To get a token was what went wrong.
  if (error instanceof TokenError && error.cause instanceof Error) return explain(error.cause);
  if (error instanceof UsageError) {
    say(error.message);
    return exits.usage;
  }
  if (error instanceof ParleyError) {
    const fields = Object.entries(error.errors).map(([field, texts]) => `\n  ${field}: ${texts.join("; ")}`);
    const asked = error.requestId ? `, request ${error.requestId}` : "";
    say(`${error.message} (${error.code}${asked})${fields.join("")}`);
    // Under an address that is not the service's everything is 404, for good.
    return error.passing && error.status !== 404 ? exits.unanswered : exits.refused;
  }
  say(reasonOf(error));
  return exits.unanswered;
}

/** Whom a key acts as is a header to the service, and an option here. */
function say(text: string): void {
  process.stderr.write(`parley: ${text.replaceAll(/x-act-as-user/giu, "--as")}\n`);
}

/** fetch says only that it failed; why is behind it. */
function reasonOf(error: unknown): string {
  const { message, cause } = error as Error & { cause?: { message?: string; code?: string } };
  return `The service did not answer: ${cause?.message || cause?.code || message}`;
}
