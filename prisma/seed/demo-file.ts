import { randomBytes } from "node:crypto";
import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { explainFileFault } from "../../server/config/start-error.ts";

const user = z.object({ userId: z.string(), token: z.string() });

const demoFileSchema = z.object({
  baseUrl: z.string(),
  tenantId: z.string(),
  /** The primary key. */
  apiKey: z.string(),
  pusher: z.object({ appId: z.string(), key: z.string(), secret: z.string() }),
  admin: z.object({ email: z.string(), password: z.string() }),
  users: z.array(user.extend({ displayName: z.string() })),
  second: z.object({ tenantId: z.string(), apiKey: z.string(), user }),
});

/** What whoever tries the service needs: addresses, keys, tokens. */
export type DemoFile = z.infer<typeof demoFileSchema>;

export function demoFilePath(dataDir: string): string {
  return join(dataDir, "demo.json");
}

/** What the last start wrote; undefined when it is gone or damaged, for it can be made again. Throws StartError. */
export function readDemoFile(file: string): DemoFile | undefined {
  try {
    return demoFileSchema.safeParse(JSON.parse(readFileSync(file, "utf8"))).data;
  } catch (error) {
    if (error instanceof SyntaxError || (error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw explainFileFault(error, file);
  }
}

/** Replaces the file in one step: a reader sees the old one or the new one. Only its owner may read it. Throws StartError. */
export function writeDemoFile(file: string, content: DemoFile): void {
  const aside = `${file}.${process.pid}.${randomBytes(4).toString("hex")}`;
  try {
    mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    writeFileSync(aside, `${JSON.stringify(content, null, 2)}\n`, { mode: 0o600, flag: "wx" });
    renameSync(aside, file);
  } catch (error) {
    rmSync(aside, { force: true });
    throw explainFileFault(error, file);
  }
}
