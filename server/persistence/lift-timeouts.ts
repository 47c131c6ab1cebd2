import type { ClientBase } from "pg";

/** Some are not of every release. */
const TIMEOUTS = [
  ...["statement_timeout", "lock_timeout", "transaction_timeout"],
  ...["idle_in_transaction_session_timeout", "idle_session_timeout"],
];

/** Lets a connection take its time: what the role or the database sets for others would end a long upgrade, the same at each start. */
export async function liftTimeouts(client: ClientBase): Promise<void> {
  await client.query("select set_config(name, '0', false) from pg_settings where name = any ($1)", [TIMEOUTS]);
}
