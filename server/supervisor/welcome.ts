import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Config, loopbackUrl } from "../config/config.ts";

interface Welcome {
  config: Config;
  seconds: string;
  /** What runs, a line each. */
  running: string[];
  /** Where the installation's owner signs up, or the command that says it; nothing when there is one. */
  claim?: string | false | undefined;
}

/** What is printed once everything runs: where to go, what to try, what was started. */
export function welcome({ config, seconds, running, claim }: Welcome): string {
  const lines = [
    "",
    `Parley is ready after ${seconds} s.`,
    "",
    `  Open   ${config.baseUrl}/`,
    ...(claim
      ? [
          `  Claim  ${claim}`,
          `         ${claim.startsWith("npm") ? "prints the link that makes" : "makes"} you the installation's owner: good once, for an hour`,
        ]
      : []),
    // Only who makes the demo writes down what opens it.
    ...(config.seed === "demo" && config.roles.has("api") ? demoLines(config) : []),
    `  Runs   ${running.join("\n         ")}`,
    "  Stop   Ctrl-C",
    "",
  ];
  return lines.join("\n");
}

function demoLines(config: Config): string[] {
  const file = join(config.dataDir, "demo.json");
  const { tenantId } = JSON.parse(readFileSync(file, "utf8"));
  const address = config.baseUrl.startsWith("http://localhost") ? config.baseUrl : loopbackUrl(config);
  const token = `$(node -p 'JSON.parse(fs.readFileSync(0)).users[0].token' < ${shellWord(file)})`;
  return [
    `  Try    curl -s ${address}/tenant/${tenantId}/v1/Chat -H "Authorization: Bearer ${token}"`,
    `  Keys   ${file}`,
  ];
}

/** A word of a shell command, quoted when it needs to be. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`;
}
