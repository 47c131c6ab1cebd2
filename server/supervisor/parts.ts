import { extname } from "node:path";
import type { Api } from "../api.ts";
import type { Config, Draft } from "../config/config.ts";
import { loopbackUrl } from "../config/config.ts";
import type { EmbeddedPostgres } from "../persistence/embedded.ts";
import type { WebSettings } from "../web.ts";
import { Child } from "./children.ts";
import type { Lock } from "./lock.ts";
import type { Progress } from "./progress.ts";

/** What has been started so far, so that it can be stopped at any moment. */
export interface Parts {
  lock?: Lock;
  postgres?: EmbeddedPostgres;
  web?: Child<WebSettings>;
  worker?: Child<Config>;
  /** What runs in the main process: REST, tRPC and sockets. */
  api?: Pick<Api, "ready" | "seed" | "claim" | "isOwned" | "close">;
}

const DRAIN_LIMIT_MS = 25_000;

/**
 * Stops in the one order that loses nothing: first what takes requests, then what works for it, Postgres last. What fails to stop
 * is said and does not keep the rest from stopping.
 */
export async function stopParts(parts: Parts, progress: Progress): Promise<void> {
  const attempt = async (name: string, work: Promise<void> | undefined) => {
    try {
      await work;
    } catch (error) {
      progress.say(`${name} did not stop cleanly: ${(error as Error).message}`);
    }
  };
  await attempt("api", parts.api && within(DRAIN_LIMIT_MS, parts.api.close()));
  await Promise.all([attempt("web", parts.web?.stop()), attempt("worker", parts.worker?.stop())]);
  await attempt("Postgres", parts.postgres?.stop());
  parts.lock?.release();
}

export function startWeb(
  draft: Draft & { authSecret: string },
  entries: string,
  { say }: Progress,
): Child<WebSettings> {
  const { dev, baseUrl, authSecret, provider } = draft;
  return new Child<WebSettings>({
    role: "web",
    entry: beside(entries, "web"),
    settings: { dev, apiUrl: loopbackUrl(draft), baseUrl, authSecret, provider },
    environment: environment(dev),
    say,
  });
}

export function startWorkerProcess(config: Config, entries: string, { say }: Progress): Child<Config> {
  return new Child({
    role: "worker",
    entry: beside(entries, "worker"),
    settings: config,
    environment: environment(config.dev),
    say,
  });
}

function environment(dev: boolean): Record<string, string> {
  return { NODE_ENV: dev ? "development" : "production", NEXT_TELEMETRY_DISABLED: "1" };
}

/** The entry of a child beside that of the main process: dist/web.js beside dist/main.js, server/web.ts beside server/main.ts. */
function beside(main: string, name: string): URL {
  return new URL(`./${name}${extname(main)}`, main);
}

async function within(limit: number, work: Promise<void>): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`still busy after ${limit / 1000} s`)), limit);
  });
  await Promise.race([work, late]).finally(() => clearTimeout(timer));
}
