import type { TestTenant } from "../stack.ts";
import type { Owner } from "./rows.ts";

/** What a worker and a mail server would have left behind: a mail that failed, one that waits, one that was caught, jobs that died. */
export async function leaveMail(owner: Owner, { tenantId }: TestTenant, notificationId: string) {
  const one = async (sql: string, values: unknown[]) =>
    (await owner.query<{ id: string }>(sql, values)).rows[0]?.id ?? "";
  // Its sender said where to.
  await owner.query("update notifications set email = 'ada@example.com' where tenant_id = $1 and id = $2", [
    tenantId,
    notificationId,
  ]);
  const delivery = `insert into deliveries (tenant_id, id, cause, user_id, channel, kind, notification_id, type, subject, status, detail,
      address, epoch)
    select $1, gen_random_uuid(), $3, 'ada', 'email', 'notification', $2, 'Welcome', 'Welcome', $4, '550 no', 'ada@example.com',
      log_epoch_v1(epoch) from tenant_log where tenant_id = $1 returning id`;
  const deliveryId = await one(delivery, [tenantId, notificationId, "event:world", "failed"]);
  await one(delivery, [tenantId, notificationId, "event:waiting", "waiting"]);
  await owner.query(
    "insert into delivery_attempts (tenant_id, delivery_id, number, outcome) values ($1, $2, 1, 'permanent')",
    [tenantId, deliveryId],
  );
  const raw = "To: ada@example.com\r\nSubject: Welcome\r\n\r\nWelcome aboard\r\n";
  const mailId = await one(
    `insert into caught_mails (tenant_id, id, delivery_id, recipient, subject, raw)
     values ($1, gen_random_uuid(), $2, 'ada@example.com', 'Welcome', $3) returning id`,
    [tenantId, deliveryId, Buffer.from(raw)],
  );
  const address = `bounced@${tenantId}.example`;
  await owner.query("insert into suppressions (tenant_id, address, reason) values ($1, $2, 'bounce')", [
    tenantId,
    address,
  ]);
  return { deliveryId, mailId, address, ...(await leaveDeadJobs(owner, tenantId)) };
}

export async function leaveDeadJobs(owner: Owner, tenantId: string): Promise<{ jobId: string; jobToRemove: string }> {
  return { jobId: await deadJob(owner, tenantId), jobToRemove: await deadJob(owner, tenantId) };
}

/** No call can make one, and nobody works the queue here. */
async function deadJob(owner: Owner, tenantId: string): Promise<string> {
  // Ids as long as others': a short one stands in anything.
  await owner.query(
    `select setval(pg_get_serial_sequence('graphile_worker._private_jobs', 'id'), 700000000000 + (random() * 1e11)::bigint)`,
  );
  const { rows } = await owner.query<{ id: string }>(
    `with made as (select id from graphile_worker.add_job('broken', json_build_object('tenantId', $1::text), job_key => gen_random_uuid()::text))
     select id::text from made`,
    [tenantId],
  );
  const id = rows[0]?.id ?? "";
  await owner.query(
    "update graphile_worker._private_jobs set attempts = max_attempts, last_error = 'broken' where id = $1",
    [id],
  );
  return id;
}
