import { TRPCClientError } from "@trpc/client";
import type { Problem } from "../../server/errors.ts";

/** What a call that failed has to say; without a code nobody answered. */
export interface Failure {
  code?: string;
  text: string;
  requestId?: string;
  /** Field → what is wrong with it. */
  fields: Record<string, string>;
}

export function failureOf(error: unknown): Failure {
  const problem = problemOf(error);
  if (!problem) return { text: "The service does not answer. Check the connection, then try again.", fields: {} };
  const fields = Object.entries(problem.errors ?? {}).map(([name, texts]) => [name, texts.join("; ")]);
  return {
    code: problem.code,
    text: problem.code === "unauthenticated" ? "You are signed out." : (problem.detail ?? problem.title),
    ...(problem.requestId ? { requestId: problem.requestId } : {}),
    fields: Object.fromEntries(fields),
  };
}

/** What is said beside a field whose value something else has already; undefined of any other fault. */
export function takenIn(failure: Failure | undefined, field: string): string | undefined {
  return failure?.code === "conflict" ? failure.fields[field] : undefined;
}

function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof TRPCClientError)) return undefined;
  return (error.data as { problem?: Problem } | null | undefined)?.problem;
}
