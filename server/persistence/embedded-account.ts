import { execFileSync, spawn } from "node:child_process";
import { StartError } from "../config/start-error.ts";

/** Who runs Postgres. Without ids it is ourselves; as root it is somebody else, because Postgres refuses root. */
export interface Account {
  uid?: number;
  gid?: number;
}

export interface Outcome {
  code: number | null;
  output: string;
}

const SYSTEM_PATH = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/**
 * The account Postgres runs under. As root: the user `postgres`, else `parley`, which is made, else `nobody`.
 * @throws StartError when none of them is to be had.
 */
export function serverAccount(): Account {
  if (process.getuid?.() !== 0) return {};
  const found = lookUp("postgres") ?? lookUp("parley") ?? makeUser("parley") ?? lookUp("nobody");
  if (found) return found;
  throw new StartError("Postgres does not run as root and no other user can be made: start as an ordinary user.");
}

/** Runs a program as that account, outside our process group: a Ctrl-C must not reach it half-way. */
export function runAs(account: Account, file: string, args: string[]): Promise<Outcome> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      ...account,
      cwd: "/",
      detached: true,
      env: { PATH: SYSTEM_PATH, LC_ALL: "C", TZ: "UTC" } as unknown as NodeJS.ProcessEnv,
      stdio: ["ignore", "pipe", "pipe"],
    });
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.on("error", reject);
    child.on("close", (code) => resolve({ code, output }));
  });
}

/** Whether that account gets into a folder: every folder above has to let it through. */
export async function canEnter(account: Account, folder: string): Promise<boolean> {
  return (await runAs(account, "/bin/sh", ["-c", 'test -x "$1"', "sh", folder])).code === 0;
}

function lookUp(name: string): Account | undefined {
  try {
    const id = (flag: string) => Number(execFileSync("id", [flag, name], { encoding: "utf8", stdio: "pipe" }));
    return { uid: id("-u"), gid: id("-g") };
  } catch {
    return undefined; // `id` fails for a user that does not exist
  }
}

function makeUser(name: string): Account | undefined {
  const attempts: [string, string[]][] = [
    ["useradd", ["--system", "--user-group", "--no-create-home", "--home-dir", "/nonexistent", name]],
    ["adduser", ["-S", "-D", "-H", name]], // Alpine
  ];
  for (const [file, args] of attempts) {
    try {
      execFileSync(file, args, { stdio: "pipe" });
      return lookUp(name);
    } catch {
      // not on this system: the next way, and in the end `nobody`
    }
  }
  return undefined;
}
