import { useEffect, useRef } from "react";
import { useConsole } from "./console-context.ts";
import { useSignedOut } from "./live.ts";
import { useTRPCClient } from "./trpc.ts";

/**
 * Calls go as whoever signed in last in this browser, in whatever tab: where that is somebody else than the page says, it begins anew as
 * theirs.
 */
export function useSamePerson(): void {
  const client = useTRPCClient();
  const { personId } = useConsole().account;
  const signedOut = useSignedOut();
  const wasOut = useRef(false);
  useEffect(() => {
    const check = async () => {
      if (document.hidden) return;
      const now = await client.account.get.query().catch(() => undefined);
      if (now && now.personId !== personId) window.location.reload();
    };
    if (wasOut.current && !signedOut) void check();
    wasOut.current = signedOut;
    document.addEventListener("visibilitychange", check);
    return () => document.removeEventListener("visibilitychange", check);
  }, [client, personId, signedOut]);
}
