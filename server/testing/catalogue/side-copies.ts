import { signLinkToken } from "../../auth/link-token.ts";
import { type Stack, testSecret } from "../stack.ts";
import { listTables, type Owner, TENANTLESS } from "./rows.ts";
import { credentialsOf, issuerInput, makeSide, type Side } from "./world.ts";
import { leaveDeadJobs } from "./world-mail.ts";

/** What each copy has of its own, made with it or by the calls that follow: it holds secrets that are sealed for one tenant. */
const OWN = ["tenants", "tenant_log", "issuers", "pusher_apps", "mail_settings", "audit_entries", "api_requests"];

/** Stands in every text that names the tenant, and in no other. */
const MODEL = "model-of-sides";

/**
 * Tenants that look the same, for tests that use up hundreds: one is furnished by calls, the others get its rows, which costs a tenth.
 * Ids of the model are ids of the copies too, as ids are a tenant's.
 */
export class SideCopies {
  private made = 0;
  private readonly stack: Stack;
  private readonly owner: Owner;
  private readonly model: Side;
  private readonly statements: string[];

  private constructor(stack: Stack, owner: Owner, model: Side, statements: string[]) {
    this.stack = stack;
    this.owner = owner;
    this.model = model;
    this.statements = statements;
  }

  /** @param owner sees past row-level security */
  static async open(stack: Stack, owner: Owner): Promise<SideCopies> {
    const model = await makeSide(stack, MODEL);
    const statements = [
      `update tenants t set (name, settings, demo) = (m.name, m.settings, m.demo) from tenants m where m.id = '${MODEL}' and t.id = '<new>'`,
      `update tenant_log t set (epoch, position, floor) = (m.epoch, m.position, m.floor) from tenant_log m
       where m.tenant_id = '${MODEL}' and t.tenant_id = '<new>'`,
    ];
    for (const { name, tenant } of await listTables(owner, [...TENANTLESS, ...OWN])) {
      // Its first two keys are a copy's own.
      const which = `${tenant} = '${MODEL}'${name === "api_keys" ? " and kind = 'named'" : ""}`;
      const { rowCount } = await owner.query(`select 1 from ${name} where ${which} limit 1`);
      if (rowCount)
        statements.push(
          `insert into ${name} select (jsonb_populate_record(null::${name}, replace(to_jsonb(r)::text, '${MODEL}', '<new>')::jsonb)).*
           from ${name} r where ${which}`,
        );
    }
    return new SideCopies(stack, owner, model, statements);
  }

  async make(): Promise<Side> {
    const { stack, owner, model } = this;
    const id = `side-${++this.made}`;
    const tenant = await stack.tenant(id);
    const { tenantId } = tenant;
    // Before anybody asks: what a process has read of a tenant it keeps. Without triggers, which have seen to the model's rows.
    const statements = ["begin", "set local session_replication_role = replica", ...this.statements, "commit"];
    await owner.query(statements.join(";\n").replaceAll("<new>", id));
    const ids = JSON.parse(JSON.stringify(model.ids).replaceAll(MODEL, id)) as Side["ids"];
    const key = tenant.key();
    const postmarkSecret = `secret of ${tenantId}`;
    const [issuer, jobs, credentials] = await Promise.all([
      key<{ id: string }>("POST", "/admin/issuers", issuerInput),
      leaveDeadJobs(owner, tenantId),
      credentialsOf(tenant),
      key("PATCH", "/admin/mail/settings", { postmarkSecret }),
    ]);
    const linkToken = signLinkToken(testSecret, { tenantId, userId: "ada", type: ids.type });
    const { cursors } = stack.api.services;
    const { epoch, position } = cursors.decode(model.tenantId, model.since);
    return {
      tenant,
      tenantId,
      url: model.url,
      ids: { ...ids, ...jobs, issuerId: issuer.body.id, linkToken, postmarkSecret },
      since: cursors.encode(tenantId, epoch, position),
      credentials,
    };
  }
}
