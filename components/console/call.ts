import type { AnswerOf, InputOf, Name } from "./trpc.ts";

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

/** A call of an operation that is at no tenant's address, as whoever is signed in. Throws CallFault. */
export async function callConsole<N extends Name>(name: N, input: InputOf<N>): Promise<AnswerOf<N>> {
  const response = await fetch(`/api/trpc/${name}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(input),
  }).catch(() => undefined);
  const answer = await response?.json().catch(() => undefined);
  if (!response?.ok) throw new CallFault(answer?.error?.data?.problem ?? {});
  return answer.result.data;
}
