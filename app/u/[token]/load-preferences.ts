import { createTRPCClient, httpLink, TRPCClientError } from "@trpc/client";
import type { LinkedPreferences } from "../../../components/preferences/types.ts";
import type { AppRouter } from "../../../server/transport/trpc/router.ts";
import { asVisitor } from "../../as-visitor.ts";

/** What the link of a mail opens; undefined for one that was not made here. The tenant is the token's first part. */
export async function loadPreferences(token: string): Promise<LinkedPreferences | undefined> {
  // The web role is told where the API is when it starts.
  const url = `${process.env.PARLEY_API_URL}/api/trpc`;
  const headers = { ...(await asVisitor()), "x-tenant-id": token.split(".", 1)[0] ?? "" };
  const client = createTRPCClient<AppRouter>({ links: [httpLink({ url, headers })] });
  try {
    return await client.preferences.getByLink.query({ token });
  } catch (error) {
    if (error instanceof TRPCClientError && ["not_found", "unauthenticated", "invalid"].includes(codeOf(error)))
      return undefined;
    throw error;
  }
}

function codeOf(error: TRPCClientError<AppRouter>): string {
  return (error.data as { problem?: { code?: string } } | null)?.problem?.code ?? String(error.data?.code ?? "");
}
