import type { IncomingHttpHeaders } from "node:http";
import type { FastifyInstance, FastifyRequest } from "fastify";
import { DomainError } from "../../errors.ts";
import { readFields } from "../../input.ts";

/**
 * Bodies are kept as bytes: signatures need them, and what is proxied must not be read. A type of no body is not looked at: Fastify
 * would refuse one that it cannot read, such as the `undefined` that `fetch` writes for a header without a value.
 */
export function keepBodies(app: FastifyInstance): void {
  app.addHook("onRequest", ({ raw: { headers } }, _reply, done) => {
    if (!hasBody(headers)) delete headers["content-type"];
    done();
  });
  app.removeAllContentTypeParsers();
  app.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => done(null, body));
}

/** The refusal of a body that is packed, by the header that says so (RFC 9110, 15.5.16). */
export function findCodingFault({ headers }: FastifyRequest): DomainError | undefined {
  const coding = headers["content-encoding"]?.trim().toLowerCase() || "identity";
  if (coding === "identity") return undefined;
  const detail = "Send the body as it is, without Content-Encoding";
  return hasBody(headers)
    ? new DomainError("not_json", { detail, headers: { "Accept-Encoding": "identity" } })
    : undefined;
}

function hasBody(headers: IncomingHttpHeaders): boolean {
  return headers["transfer-encoding"] !== undefined || (headers["content-length"] ?? "0") !== "0";
}

/**
 * The JSON object of a body. Nothing and `null` are no fields; an operation without body fields takes anything empty, whatever its
 * type says. Throws `not_json` (415), `invalid` (400).
 */
export function readJsonBody(request: FastifyRequest, anyType = false): Record<string, unknown> {
  const body = request.body as Buffer | undefined;
  if (!body || body.length === 0) return {};
  const type = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase() ?? "";
  if (!anyType && type !== "application/json" && !type.endsWith("+json"))
    throw new DomainError("not_json", { detail: "Send Content-Type: application/json" });
  return readFields(parse(body));
}

/** The same for a call that takes a form too, as the stock Pusher clients send one. The first of several values wins. */
export function readFormOrJsonBody(request: FastifyRequest): Record<string, unknown> {
  const type = (request.headers["content-type"] ?? "").split(";", 1)[0]?.trim().toLowerCase();
  if (type !== "application/x-www-form-urlencoded") return readJsonBody(request);
  const form = new URLSearchParams(String(request.body ?? ""));
  return readFields(Object.fromEntries([...form].reverse()));
}

const utf8 = new TextDecoder("utf-8", { fatal: true });

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(utf8.decode(body));
  } catch (error) {
    throw new DomainError("invalid", { errors: { body: ["is not JSON in UTF-8"] }, internal: error });
  }
}
