/** What `/readyz` tells. */
export interface Readiness {
  status: string;
  version?: string;
  roles?: string[];
  uptimeSeconds?: number;
  checks?: Record<string, boolean>;
}

/** The service answers 503 with the same document while it is not ready. Null when nothing of ours answered. */
export async function loadReadiness(signal: AbortSignal): Promise<Readiness | null> {
  const response = await fetch("/readyz", { signal, headers: { accept: "application/json" } });
  const isJson = /json/u.test(response.headers.get("content-type") ?? "");
  return isJson ? response.json() : null;
}

export interface Check {
  label: string;
  good: boolean;
}

const LABELS: Record<string, string> = {
  database: "Postgres",
  bus: "Bus between nodes",
  seed: "Seed data",
  web: "Pages",
  worker: "Background jobs",
  draining: "Taking calls",
};

export function checksOf({ checks = {} }: Readiness): Check[] {
  return Object.entries(checks).map(([name, value]) => ({
    label: LABELS[name] ?? name,
    // The one check whose yes is bad news.
    good: name === "draining" ? value === false : value === true,
  }));
}

/** All there is of it in a line; a node that is ready may still lack what it can do without. */
export function verdictOf(readiness: Readiness): { good: boolean; text: string } {
  if (readiness.status !== "ready") return { good: false, text: "Not ready yet" };
  const good = checksOf(readiness).every((check) => check.good);
  return { good, text: good ? "Everything runs" : "Ready, but not everything runs" };
}

export function spanOf(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3_600)} h`;
}
