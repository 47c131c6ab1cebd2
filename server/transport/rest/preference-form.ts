import type { FastifyInstance, FastifyRequest } from "fastify";
import { admit } from "../../access.ts";
import { authenticate } from "../../auth/authenticate.ts";
import { readLinkToken } from "../../auth/link-token.ts";
import type { DeliveryChannel } from "../../domain/categories/schema.ts";
import type { Preferences } from "../../domain/preferences/schema.ts";
import { DomainError, toDomainError } from "../../errors.ts";
import { execute } from "../../execute.ts";
import type { Operation } from "../../operation.ts";
import { operations } from "../../operations.ts";
import type { Services } from "../../services.ts";

const { unsubscribe, resubscribe, getByLink, putByLink } = operations.preferences;

type LinkRequest = FastifyRequest<{ Params: { token: string } }>;

/**
 * POST to the address in a mail: a mail provider's one click (RFC 8058), or the form of the page there, which works without script.
 * A GET of the same address is the page and changes nothing. No cookie is looked at: the link is the credential.
 */
export function registerPreferenceForm(app: FastifyInstance, services: Services): void {
  app.post("/u/:token", async (request: LinkRequest, reply) => {
    const form = readForm(request);
    if (isOneClick(request, form)) {
      const { body } = await run(services, request, unsubscribe);
      return reply.type("text/plain; charset=utf-8").send(`Unsubscribed from ${(body as { title: string }).title}.\n`);
    }
    return reply.redirect(
      `/u/${encodeURIComponent(request.params.token)}?${await actOn(services, request, form)}`,
      303,
    );
  });
}

/** What the page says after it. */
async function actOn(services: Services, request: LinkRequest, form: URLSearchParams): Promise<string> {
  const act = form.get("do") ?? "";
  try {
    if (act === "unsubscribe") await run(services, request, unsubscribe);
    else if (act === "undo") await run(services, request, resubscribe);
    else if (act === "save") await save(services, request, form);
    else throw new DomainError("invalid", { detail: "The form is not of this page" });
    return `done=${act}`;
  } catch (error) {
    const known = toDomainError(error);
    if (known.status >= 500 || known.status === 429) throw known;
    return `fault=${known.code}`;
  }
}

/** Only what is otherwise than the page showed it: the rest may be the tenant's or the profile's, and is to follow those. */
async function save(services: Services, request: LinkRequest, form: URLSearchParams): Promise<void> {
  const { body } = await run(services, request, getByLink);
  await run(services, request, putByLink, changesOf(form, body as Preferences));
}

async function run(services: Services, request: LinkRequest, operation: Operation, input = {}) {
  const { token } = request.params;
  const { tenantId: tenant } = readLinkToken(services.settings.authSecret, token);
  const principal = await admit(services, { tenant, ip: request.ip }, () =>
    authenticate(services.security, { tenant }, { optional: true, evenSuspended: true }),
  );
  return execute(
    operation,
    { ...input, token },
    {
      tenantId: principal.tenantId,
      principal,
      requestId: request.id,
      services,
      transport: "rest",
      log: request.log as never,
    },
  );
}

function readForm(request: FastifyRequest): URLSearchParams {
  return new URLSearchParams((request.body as Buffer | undefined)?.toString("utf8") ?? "");
}

/** RFC 8058 lets a provider send the pair in either form of a form. */
function isOneClick(request: FastifyRequest, form: URLSearchParams): boolean {
  const type = request.headers["content-type"] ?? "";
  if (!/^multipart\/form-data/i.test(type)) return form.get("List-Unsubscribe") === "One-Click";
  const body = (request.body as Buffer | undefined)?.toString("latin1") ?? "";
  return hasOneClickPart(body);
}

/** Line by line, so that its time grows with the length alone: whoever asks need not have a link. */
function hasOneClickPart(body: string): boolean {
  let at: "elsewhere" | "headers" | "value" = "elsewhere";
  for (const untrimmed of body.split("\n")) {
    const line = untrimmed.trimEnd().toLowerCase();
    if (at === "value" && line === "one-click") return true;
    if (/name="?list-unsubscribe"?$/.test(line)) at = "headers";
    else at = at === "headers" ? (line === "" ? "value" : "headers") : "elsewhere";
  }
  return false;
}

/**
 * The form's fields as the operation takes them: `inApp:News` and `email:News` are choices, an unticked box is not sent. What the page
 * showed is under `was:` and the name, but for choices that were `default`: meanwhile another may have been chosen elsewhere. A form that
 * says nothing of it is compared with what is so now.
 */
function changesOf(form: URLSearchParams, now: Preferences): Record<string, unknown> {
  const shown = new URLSearchParams(
    [...form].flatMap(([name, value]) => (name.startsWith("was:") ? [[name.slice(4), value]] : [])),
  );
  const known = shown.size > 0 ? [] : now.categories;
  const choiceOf = (type: string, channel: DeliveryChannel) =>
    known.find((category) => category.type === type)?.channels[channel].choice;
  const categories = new Map<string, Record<string, string>>();
  for (const [name, value] of form) {
    const [, channel, type] = /^(inApp|email):(.+)$/s.exec(name) ?? [];
    if (channel && type && value !== (shown.get(name) ?? choiceOf(type, channel as DeliveryChannel) ?? "default"))
      categories.set(type, { ...categories.get(type), type, [channel]: value });
  }
  const [was, wanted] = [timingOf(shown), timingOf(form)];
  const pause = form.get("pause");
  return {
    categories: [...categories.values()],
    quietHours: otherThan({ ...now.quietHours, ...was.quietHours }, { enabled: false, ...wanted.quietHours }),
    digest: otherThan({ ...now.digest, ...was.digest }, wanted.digest),
    ...otherThan({ timezone: now.timezone, ...was.zone }, wanted.zone),
    ...(pause === null || pause === "" ? {} : { pause }),
  };
}

function timingOf(form: URLSearchParams) {
  const quiet = form.get("quiet");
  return {
    quietHours: {
      ...(quiet === null ? {} : { enabled: quiet === "on" }),
      ...given(form, { from: "quietFrom", to: "quietTo" }),
    },
    digest: given(form, { every: "digestEvery", at: "digestAt", weekday: "digestWeekday" }),
    zone: given(form, { timezone: "timezone" }),
  };
}

/** What was not so already; undefined when all was. */
function otherThan(was: object, wanted: object): object | undefined {
  const before = new Map<string, unknown>(Object.entries(was));
  const others = Object.entries(wanted).filter(([name, value]) => before.get(name) !== value);
  return others.length === 0 ? undefined : Object.fromEntries(others);
}

function given(form: URLSearchParams, names: Record<string, string>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(names).flatMap(([field, name]) => {
      const value = form.get(name);
      return value === null || value === "" ? [] : [[field, value]];
    }),
  );
}
