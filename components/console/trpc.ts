import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import type { AppRouter } from "../../server/transport/trpc/router.ts";

/** The catalogue as queries and calls; their types come from it alone. */
export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

export type Inputs = inferRouterInputs<AppRouter>;
export type Answers = inferRouterOutputs<AppRouter>;
export type Account = Answers["account"]["get"];
export type Role = Account["tenants"][number]["role"];
