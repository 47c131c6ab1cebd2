import { z } from "zod";
import { maskLinkTokens } from "../../auth/link-token.ts";
import { query } from "../../operation.ts";
import { entityId } from "../../schema.ts";
import { openedMailSchema, presentCaughtMail } from "./schema.ts";
import { getCaughtMail as loadCaughtMail } from "./store.ts";

export const getCaughtMail = query({
  name: "mail.getCaught",
  summary: "One mail of the local catcher: headers, text and HTML as they would have gone out",
  http: { method: "GET", path: "/admin/mail/caught/{mailId}" },
  access: { caller: "admin", scope: "admin" },
  input: z.object({ mailId: entityId }),
  output: openedMailSchema,
  async handle(ctx, { mailId }) {
    const row = await loadCaughtMail(ctx.services.db, ctx.tenantId, mailId);
    const raw = Buffer.from(row.raw);
    const { simpleParser } = await import("mailparser"); // a tenth of all that a node would load, for this one page
    const mail = await simpleParser(raw, { skipImageLinks: true });
    const headers = mail.headerLines.map(({ key, line }) => ({
      name: line.slice(0, key.length),
      value: line
        .slice(line.indexOf(":") + 1)
        .replace(/\r?\n\s+/g, " ")
        .trim(),
    }));
    const opened = { ...presentCaughtMail(row), headers, text: mail.text ?? "", html: mail.html || "" };
    if (ctx.principal.scopes.has("users:write")) return { ...opened, source: raw.toString() };
    // Its links change what its reader chose without any credential, for ever; in the source they may be in any encoding.
    const masked = (text: string) => maskLinkTokens(text, ctx.tenantId);
    return {
      ...opened,
      headers: headers.map(({ name, value }) => ({ name, value: masked(value) })),
      text: masked(opened.text),
      html: masked(opened.html),
    };
  },
});
