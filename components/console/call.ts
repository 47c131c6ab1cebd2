/** What went wrong with a call, in words for the page. */
export class CallFault extends Error {
  readonly code: string;
  readonly fields: Record<string, string[]>;
  constructor(problem: { code?: string; title?: string; detail?: string; errors?: Record<string, string[]> }) {
    super(problem.detail ?? problem.title ?? "The service did not answer. Try again in a moment.");
    this.code = problem.code ?? "unavailable";
    this.fields = problem.errors ?? {};
  }
}

/** A call of the console at no tenant's address, as whoever is signed in. Throws CallFault. */
export async function callConsole<T>(
  method: "GET" | "POST" | "PATCH" | "DELETE",
  path: string,
  body?: object,
): Promise<T> {
  const response = await fetch(`/api/console${path}`, {
    method,
    ...(body ? { headers: { "content-type": "application/json" }, body: JSON.stringify(body) } : {}),
  }).catch(() => undefined);
  const answer = await response?.json().catch(() => undefined);
  if (!response?.ok) throw new CallFault(answer ?? {});
  return answer as T;
}
