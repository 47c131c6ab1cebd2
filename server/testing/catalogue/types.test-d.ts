import type { TRPCClient } from "@trpc/client";
import type { inferRouterInputs, inferRouterOutputs } from "@trpc/server";
import type { TenantId } from "../../auth/principal.ts";
import { listKeys } from "../../domain/api-keys/store.ts";
import { findUser } from "../../domain/users/store.ts";
import type { Database } from "../../persistence/database.ts";
import type { AppRouter } from "../../transport/trpc/router.ts";
import type { OperationName } from "./examples.ts";

// Nothing here runs: `npm run check -- types` is the test. What must not compile stands under @ts-expect-error, which is itself an
// error as soon as the line below it compiles.

type Inputs = inferRouterInputs<AppRouter>;
type Outputs = inferRouterOutputs<AppRouter>;

type Verbs<Of> = { [Noun in keyof Of & string]: `${Noun}.${keyof Of[Noun] & string}` }[keyof Of & string];
type IsAny<T> = 0 extends 1 & T ? true : false;
type IsLoose<T> = IsAny<T> extends true ? true : unknown extends T ? true : [T] extends [never] ? true : false;
/** Whether there is an `any` in an answer, however deep. */
type HoldsAny<T, Depth extends unknown[] = []> =
  IsAny<T> extends true
    ? true
    : Depth["length"] extends 6
      ? false
      : T extends object
        ? true extends { [Key in keyof T]-?: HoldsAny<T[Key], [...Depth, 1]> }[keyof T]
          ? true
          : false
        : false;
type Loose<Of> = {
  [Noun in keyof Of]: {
    [Verb in keyof Of[Noun]]: IsLoose<Of[Noun][Verb]> extends true ? [Noun, Verb] : never;
  }[keyof Of[Noun]];
}[keyof Of];
type LooseWithin = {
  [Noun in keyof Outputs]: {
    [Verb in keyof Outputs[Noun]]: true extends HoldsAny<Outputs[Noun][Verb]> ? [Noun, Verb] : never;
  }[keyof Outputs[Noun]];
}[keyof Outputs];
type Nothing<T extends never> = T;
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false;

/** Every operation of the catalogue is a procedure, and beside them there is the subscription alone. */
export const complete: Same<Verbs<Outputs>, OperationName | "events.subscribe"> = true;
/** No input and no answer is `any`, `unknown` or `never`; the subscription's answer has its own test below. */
export type LooseInputs = Nothing<Loose<Inputs>>;
export type LooseOutputs = Nothing<Loose<Outputs>>;
export type LooseParts = Nothing<LooseWithin>;

/** What a caller may write. */
export async function compiles(client: TRPCClient<AppRouter>): Promise<void> {
  const chat = await client.chats.create.mutate({ name: "Crew", memberUserIds: ["ben"], idempotencyKey: "once" });
  const role: "owner" | "moderator" | "member" | undefined = chat.role;
  await client.chats.list.query();
  await client.chats.list.query({ pageNumber: 2 });
  const sent = await client.messages.send.mutate({ chatId: chat.id, content: "Hello", metadata: { deck: [1, null] } });
  const seq: number = sent.seq;
  const listed = await client.messages.list.query({ chatId: chat.id, limit: 10 });
  if ("nextCursor" in listed) listed.nextCursor satisfies string | null;
  else listed.totalCount satisfies number;
  client.events.subscribe.subscribe(
    { since: "x", kinds: ["message.created"] },
    { onData: ({ id, data }) => [id, data.eventId, data.type satisfies string, role, seq] },
  );
}

export async function doesNotCompile(client: TRPCClient<AppRouter>): Promise<void> {
  // @ts-expect-error content is required
  await client.messages.send.mutate({ chatId: "1" });
  // @ts-expect-error there is no such field
  await client.messages.send.mutate({ chatId: "1", content: "Hello", contents: "Hello" });
  // @ts-expect-error the wrong type
  await client.messages.send.mutate({ chatId: 1, content: "Hello" });
  // @ts-expect-error there is no such word
  await client.chats.create.mutate({ kind: "broadcast" });
  // @ts-expect-error an input is required
  await client.chats.get.query();
  // @ts-expect-error a query is no mutation
  await client.chats.list.mutate();
  // @ts-expect-error a query has nothing to repeat
  await client.chats.list.query({ idempotencyKey: "once" });
  // @ts-expect-error there is no such operation
  await client.chats.burn.mutate({ chatId: "1" });
  // @ts-expect-error there is no such noun
  await client.rooms.list.query();
  const chat = await client.chats.get.query({ chatId: "1" });
  // @ts-expect-error an answer has no such field
  chat.title;
  // @ts-expect-error memberCount is a number
  chat.memberCount satisfies string;
  // @ts-expect-error the last message may be missing
  chat.lastMessage.content;
  // @ts-expect-error there is no such type of event
  client.events.subscribe.subscribe({ kinds: ["message.sent"] }, {});
  client.events.subscribe.subscribe(undefined, {
    // @ts-expect-error an event has no such field
    onData: ({ data }) => data.position,
  });
}

/** The first wall between tenants: a store takes the id of a tenant that authentication vouched for, and no other string. */
export async function tenantIds(db: Database, tenantId: TenantId, text: string): Promise<void> {
  await listKeys(db, tenantId);
  // @ts-expect-error any string
  await listKeys(db, text);
  // @ts-expect-error a word
  await findUser(db, "acme", "ada");
  // @ts-expect-error Prisma without a tenant
  db.forTenant(text);
  // @ts-expect-error the brand is not to be had by writing it down
  ({ tenantId: "acme" }) satisfies { tenantId: TenantId };
}
