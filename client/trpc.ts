import type { AppRouter } from "../server/transport/trpc/router.ts";

/** The type of the service's tRPC router, for `createTRPCClient<AppRouter>` of `@trpc/client`: of a type nothing is left in what runs. */
export type { AppRouter };

type Procedures = AppRouter["_def"]["record"];

/** What is asked how, what goes in and what comes out: the package's `AppRouter` is written of it. */
export type Shapes = {
  [Noun in keyof Procedures]: {
    [Verb in keyof Procedures[Noun]]: Procedures[Noun][Verb] extends { _def: { type: infer Kind; $types: infer Types } }
      ? { kind: Kind } & Types
      : never;
  };
};

export type ErrorShape = AppRouter["_def"]["_config"]["$types"]["errorShape"];
