import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import { createTRPCContext } from "@trpc/tanstack-react-query";
import type { AppRouter } from "../../server/transport/trpc/router.ts";

/** The catalogue as queries and calls; their types come from it alone. */
export const { TRPCProvider, useTRPC, useTRPCClient } = createTRPCContext<AppRouter>();

export type Inputs = inferRouterInputs<AppRouter>;
export type Answers = inferRouterOutputs<AppRouter>;
/** An operation, by its name in the catalogue. */
export type Name = { [Noun in keyof Answers]: `${Noun}.${Extract<keyof Answers[Noun], string>}` }[keyof Answers];
export type AnswerOf<N extends Name> = Of<Answers, N>;
export type InputOf<N extends Name> = Of<Inputs, N>;
type Of<Types, N extends Name> = N extends `${infer Noun extends Extract<keyof Types, string>}.${infer Verb}`
  ? Types[Noun][Verb & keyof Types[Noun]]
  : never;

export type Account = Answers["account"]["get"];
export type Role = Account["tenants"][number]["role"];
