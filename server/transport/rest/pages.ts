import replyFrom from "@fastify/reply-from";
import type { FastifyInstance } from "fastify";
import { DomainError } from "../../errors.ts";
import { frameAncestors } from "../../frame-ancestors.ts";
import type { Services } from "../../services.ts";
import { visitorHeader, visitorSeal } from "../../visitor-address.ts";
import { isOurs } from "./edge.ts";

/** Everything that is no address of ours is a page. */
export function registerPages(app: FastifyInstance, services: Services, web: { url(): string | undefined }): void {
  const { seal } = visitorSeal(services.settings.authSecret);
  app.register(replyFrom, { undici: { connections: 64, pipelining: 1 } });
  app.setNotFoundHandler(async (request, reply) => {
    const upstream = web.url();
    if (isOurs(request.url)) throw new DomainError("not_found", { detail: "There is no such address" });
    if (!upstream) throw new DomainError("unavailable", { detail: "The pages are not up", retryAfter: 2 });
    // Added by the browser to what a page says itself: of several policies all hold.
    reply.header("content-security-policy", await frameAncestors(services, request.url));
    return reply.from(`${upstream}${request.raw.url ?? "/"}`, {
      rewriteRequestHeaders: (_request, headers) => ({
        ...headers,
        // What the browser itself put there counts for nothing.
        "x-forwarded-for": request.ip,
        [visitorHeader]: seal(request.ip),
        "x-forwarded-host": request.host,
        "x-forwarded-proto": request.protocol,
      }),
    });
  });
}
