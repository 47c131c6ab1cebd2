import { signLinkToken } from "../../auth/link-token.ts";
import { type Stack, type TestTenant, testSecret } from "../stack.ts";
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

  private constructor(stack: Stack, owner: Owner, model: Side) {
    this.stack = stack;
    this.owner = owner;
    this.model = model;
  }

  /** @param owner sees past row-level security */
  static async open(stack: Stack, owner: Owner): Promise<SideCopies> {
    const model = await makeSide(stack, MODEL);
    const statements = [
      `update tenants t set (name, settings, demo) = (m.name, m.settings, m.demo) from tenants m where m.id = '${MODEL}' and t.id = copy`,
      `update tenant_log t set (epoch, position, floor) = (m.epoch, m.position, m.floor) from tenant_log m
       where m.tenant_id = '${MODEL}' and t.tenant_id = copy`,
    ];
    for (const { name, tenant } of await listTables(owner, [...TENANTLESS, ...OWN])) {
      // Its first two keys are a copy's own.
      const which = `r.${tenant} = '${MODEL}'${name === "api_keys" ? " and r.kind = 'named'" : ""}`;
      const { rowCount } = await owner.query(`select 1 from ${name} r where ${which} limit 1`);
      if (rowCount)
        statements.push(
          `insert into ${name} select p.* from ${name} r,
           jsonb_populate_record(null::${name}, replace(to_jsonb(r)::text, '${MODEL}', copy)::jsonb) p where ${which}`,
        );
    }
    // A function, whose statements are planned once a connection. Without triggers, which have seen to the model's rows.
    await owner.query(`create function copy_side(copy text) returns void language plpgsql as $$ begin
      perform set_config('session_replication_role', 'replica', true);
      ${statements.join(";\n")};
    end $$`);
    return new SideCopies(stack, owner, model);
  }

  /** @param operation that is to be called there: what few of them need is made for those alone */
  async make(operation: string): Promise<Side> {
    const { stack, owner, model } = this;
    const id = `side-${++this.made}`;
    const tenant = await stack.tenant(id);
    const { tenantId } = tenant;
    // Before anybody asks: what a process has read of a tenant it keeps.
    await owner.query({ name: "copy a side", text: "select copy_side($1)", values: [id] });
    const ids = JSON.parse(JSON.stringify(model.ids).replaceAll(MODEL, id)) as Side["ids"];
    const [credentials, own] = await Promise.all([credentialsOf(tenant), this.makeOwn(operation, tenant)]);
    const linkToken = signLinkToken(testSecret, { tenantId, userId: "ada", type: ids.type });
    const { cursors } = stack.api.services;
    const { epoch, position } = cursors.decode(model.tenantId, model.since);
    return {
      tenant,
      tenantId,
      url: model.url,
      ids: { ...ids, linkToken, ...own },
      since: cursors.encode(tenantId, epoch, position),
      credentials,
    };
  }

  private async makeOwn(operation: string, tenant: TestTenant): Promise<Partial<Side["ids"]>> {
    const key = tenant.key();
    if (operation.startsWith("jobs.")) return leaveDeadJobs(this.owner, tenant.tenantId);
    if (operation.startsWith("issuers.")) {
      const { body } = await key<{ id: string }>("POST", "/admin/issuers", issuerInput);
      return { issuerId: body.id };
    }
    if (!operation.startsWith("mail.")) return {};
    const postmarkSecret = `secret of ${tenant.tenantId}`;
    await key("PATCH", "/admin/mail/settings", { postmarkSecret });
    return { postmarkSecret };
  }
}
