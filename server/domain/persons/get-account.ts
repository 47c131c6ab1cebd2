import { z } from "zod";
import { query } from "../../operation.ts";
import { presentPerson } from "./open-session.ts";
import { personSchema, role, signedIn } from "./schema.ts";
import { asInstallation, getPerson } from "./store.ts";

export const getAccount = query({
  name: "account.get",
  summary: "Who is signed in, and of which tenants",
  http: { method: "GET", path: "/api/console/account", root: true },
  access: { caller: "person" },
  input: z.object({}),
  output: personSchema
    .extend({
      installationOwner: z.boolean(),
      hasPassword: z.boolean(),
      twoFactor: z.boolean().describe("Whether signing in takes a code of an authenticator app"),
      recoveryCodesLeft: z.number().int(),
      sudoUntil: z.string().nullable().describe("Until then no dangerous call asks for the password again"),
      mayCreateTenant: z.boolean(),
      tenants: z.array(z.object({ tenantId: z.string(), name: z.string(), role, suspended: z.boolean() })),
    })
    .meta({ id: "Account" }),
  errors: ["unauthenticated", "forbidden"],
  async handle(ctx) {
    const { db, security, settings } = ctx.services;
    const { personId, installationOwner, sudoUntil } = signedIn(ctx);
    const person = await asInstallation(db, (tx) => getPerson(tx, personId));
    const { credential } = ctx.principal;
    const session = credential.type === "session" ? await security.sessions.find(credential.sessionId) : null;
    return {
      ...presentPerson(person),
      installationOwner,
      hasPassword: person.passwordHash !== null,
      twoFactor: person.totpConfirmedAt !== null,
      recoveryCodesLeft: person.recoveryHashes.length,
      sudoUntil: sudoUntil > Date.now() ? new Date(sudoUntil).toISOString() : null,
      mayCreateTenant: installationOwner || settings.signUp === "open",
      tenants: session?.tenants ?? [],
    };
  },
});
