import type { inferRouterOutputs } from "@trpc/server";
import type { AppRouter } from "../../server/transport/trpc/router.ts";

export type LinkedPreferences = inferRouterOutputs<AppRouter>["preferences"]["getByLink"];
export type Category = LinkedPreferences["categories"][number];
