import type { TestTenant } from "../stack.ts";
import type { Owner } from "./rows.ts";

/** What a node and a worker would have left behind: a connection that is open, an export that is done and one that waits. */
export async function leavePeople(owner: Owner, { tenantId }: TestTenant, chatId: string) {
  const connectionId = `connection of ${tenantId}`;
  await owner.query(
    `insert into connections (tenant_id, id, node_id, caller, user_id, protocol, transport, client, opened_at)
     select $1, $2, id, 'user', 'ada', 'pusher', 'websocket', 'pusher-js/8.5', '2026-11-26T09:00:00Z' from nodes limit 1`,
    [tenantId, connectionId],
  );
  const { rows } = await owner.query<{ id: string }>(
    `insert into tasks (tenant_id, id, kind, subject, status, phase, done, total, lines, bytes, parts, started_by, started_at, finished_at)
     values ($1, gen_random_uuid(), 'export-chat', $2, 'done', 3, 1, 1, 1, 3, 1, 'ada', now(), now()) returning id`,
    [tenantId, chatId],
  );
  const open = await owner.query<{ id: string }>(
    `insert into tasks (tenant_id, id, kind, subject, started_by) values ($1, gen_random_uuid(), 'export-chat', $2, 'ada') returning id`,
    [tenantId, chatId],
  );
  const taskId = rows[0]?.id ?? "";
  await owner.query("insert into task_parts (tenant_id, task_id, number, body) values ($1, $2, 1, $3)", [
    tenantId,
    taskId,
    "{}\n",
  ]);
  return { connectionId, taskId, openTaskId: open.rows[0]?.id ?? "" };
}
