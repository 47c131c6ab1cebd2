import { createContext, useContext } from "react";
import type { Account, Role } from "./trpc.ts";

/** Who looks at which tenant. */
export interface Console {
  tenantId: string;
  tenantName: string;
  role: Role;
  account: Account;
  /** What people call the provider that also signs them in, where there is one. */
  provider?: string | undefined;
}

export const ConsoleContext = createContext<Console | null>(null);

export function useConsole(): Console & {
  /** The tenant's own pages begin here. */
  base: string;
  /** Whether the role changes things; each operation checks it again. */
  manages: boolean;
} {
  const value = useContext(ConsoleContext);
  if (!value) throw new Error("Not on a page of the console");
  return {
    ...value,
    base: `/t/${encodeURIComponent(value.tenantId)}`,
    manages: value.role === "owner" || value.role === "admin",
  };
}
