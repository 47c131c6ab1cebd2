import type { z } from "zod";
import type { Catalogue } from "../server/operations.ts";
import type { CallName } from "./routes.ts";

type OperationOf<Name> = Name extends `${infer Noun}.${infer Verb}`
  ? Noun extends keyof Catalogue
    ? Verb extends keyof Catalogue[Noun]
      ? Catalogue[Noun][Verb]
      : never
    : never
  : never;

type InputOf<O> = O extends { input: infer I extends z.ZodType } ? z.input<I> : never;
type OutputOf<O> = O extends { output: infer R extends z.ZodType } ? z.output<R> : never;

/** What goes into each call and what comes out, computed from the operation catalogue. */
export type Calls = {
  [Name in CallName]: { input: InputOf<OperationOf<Name>>; output: OutputOf<OperationOf<Name>> };
};
