import { createTRPCClient, httpLink, TRPCClientError } from "@trpc/client";
import { headers } from "next/headers";
import { cache } from "react";
import { webEnvironment } from "../../../../server/auth/session.ts";
import type { AppRouter } from "../../../../server/transport/trpc/router.ts";

/** Who is signed in; null when nobody is. Asked once a page. */
export const loadAccount = cache(async () => {
  const { apiUrl, baseUrl } = webEnvironment();
  const cookie = (await headers()).get("cookie") ?? "";
  const client = createTRPCClient<AppRouter>({
    links: [httpLink({ url: `${apiUrl}/api/trpc`, headers: { cookie, origin: new URL(baseUrl).origin } })],
  });
  try {
    return await client.account.get.query({});
  } catch (error) {
    if (error instanceof TRPCClientError && [401, 403].includes(error.data?.httpStatus)) return null;
    throw error;
  }
});
