import { TRPCClientError } from "@trpc/client";
import type { Problem } from "../../server/errors.ts";
import type { ToastOptions } from "../ui/toast.tsx";

/** What a call that failed has to say; without a code nobody answered. */
export interface Failure {
  code?: string;
  text: string;
  requestId?: string;
  /** Field → what is wrong with it. */
  fields: Record<string, string>;
}

/** What is said where nobody is asked, because there is no session. */
export const signedOutFailure: Failure = { code: "unauthenticated", text: "You are signed out.", fields: {} };

export function failureOf(error: unknown): Failure {
  const problem = problemOf(error);
  if (!problem) return { text: "The service does not answer. Check the connection, then try again.", fields: {} };
  const fields = Object.entries(problem.errors ?? {}).map(([name, texts]) => [name, texts.join("; ")]);
  return {
    code: problem.code,
    text: textOf(problem),
    ...(problem.requestId ? { requestId: problem.requestId } : {}),
    fields: Object.fromEntries(fields),
  };
}

function textOf({ code, detail, title }: Problem): string {
  if (code === "unauthenticated") return signedOutFailure.text;
  // The title names a key, which is that of the call and none that anybody has here.
  if (code === "outcome-unknown") return detail ?? "The database went away before it answered. Try again.";
  return detail ?? title;
}

/** After these it may have been done all the same; without a code the answer was lost. */
const unsure: readonly (string | undefined)[] = [undefined, "outcome-unknown", "idempotency_running", "internal"];

/**
 * For a toast: that what was asked came to nothing, and why, where somebody said why; where it may have been done, that this is not known.
 * @param failure none where it was given up before it was asked
 */
export function refusalOf(failure: Failure | undefined, title: string, unknown: string): ToastOptions {
  if (!failure) return { title, tone: "bad" };
  return { title: unsure.includes(failure.code) ? unknown : title, tone: "bad", description: failure.text };
}

/** What is said beside a field whose value something else has already; undefined of any other fault. */
export function takenIn(failure: Failure | undefined, field: string): string | undefined {
  return failure?.code === "conflict" ? failure.fields[field] : undefined;
}

function problemOf(error: unknown): Problem | undefined {
  if (!(error instanceof TRPCClientError)) return undefined;
  return (error.data as { problem?: Problem } | null | undefined)?.problem;
}
