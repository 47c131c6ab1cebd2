/** What `/readyz` tells. Read generously: an older or newer server may know other checks. */
export interface Readiness {
  status: string;
  version?: string;
  roles?: string[] | string;
  uptimeSeconds?: number;
  checks?: Record<string, unknown>;
}

/** The service answers 503 with the same document while it is not ready. Null when nothing of ours answered. */
export async function loadReadiness(signal: AbortSignal): Promise<Readiness | null> {
  const response = await fetch("/readyz", { signal, headers: { accept: "application/json" } });
  const isJson = /json/u.test(response.headers.get("content-type") ?? "");
  return isJson ? response.json() : null;
}

export function isGood(check: unknown): boolean {
  if (typeof check === "object" && check !== null)
    return isGood((check as Record<string, unknown>).status ?? (check as Record<string, unknown>).ok);
  return check === true || ["ok", "ready", "up", "done", "pass"].includes(String(check));
}

export function spanOf(seconds: number): string {
  if (seconds < 60) return `${Math.floor(seconds)} s`;
  if (seconds < 3_600) return `${Math.floor(seconds / 60)} min`;
  if (seconds < 86_400) return `${Math.floor(seconds / 3_600)} h ${Math.floor((seconds % 3_600) / 60)} min`;
  return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3_600)} h`;
}
