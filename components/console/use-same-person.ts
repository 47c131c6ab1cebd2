import { useRouter } from "next/navigation";
import { useEffect, useRef } from "react";
import { useToast } from "../ui/toast.tsx";
import { useConsole } from "./console-context.ts";
import { useSignedOut } from "./live.ts";
import { useTRPCClient } from "./trpc.ts";

/**
 * Calls go as whoever signed in last in this browser, in whatever tab or window: where that is somebody else than the page says, it begins
 * anew as theirs; where the role is another by now, it goes on with that, and keeps what is typed in it.
 */
export function useSamePerson(): void {
  const client = useTRPCClient();
  const { refresh } = useRouter();
  const { tenantId, role, account } = useConsole();
  const { personId } = account;
  const signedOut = useSignedOut();
  const toast = useToast();
  const known = useRef(role);
  useEffect(() => {
    // What it does not offer goes from the page, whatever somebody was at.
    if (known.current !== role) toast({ title: `Your role here is ${role} now` });
    known.current = role;
  }, [role, toast]);
  const wasOut = useRef(false);
  useEffect(() => {
    const check = async () => {
      if (document.hidden) return;
      const now = await client.account.get.query().catch(() => undefined);
      if (!now) return;
      if (now.personId !== personId) window.location.reload();
      else if (now.tenants.find((one) => one.tenantId === tenantId)?.role !== role) refresh();
    };
    if (wasOut.current && !signedOut) void check();
    wasOut.current = signedOut;
    document.addEventListener("visibilitychange", check);
    // Two windows side by side are both seen.
    window.addEventListener("focus", check);
    return () => {
      document.removeEventListener("visibilitychange", check);
      window.removeEventListener("focus", check);
    };
  }, [client, tenantId, role, personId, signedOut, refresh]);
}
