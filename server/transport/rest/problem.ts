import { STATUS_CODES } from "node:http";
import type { Socket } from "node:net";
import type { FastifyReply, FastifyRequest } from "fastify";
import { DomainError, headersOfError, isFault, toDomainError, toProblem } from "../../errors.ts";
import { newId } from "../../ids.ts";

const problemType = "application/problem+json; charset=utf-8";

/** Answers an error with its problem document; one that is not the caller's is logged. */
export function sendProblem(error: unknown, request: FastifyRequest, reply: FastifyReply): FastifyReply {
  const known = toDomainError(tooLong(error, request) ?? error);
  const problem = toProblem(known, { instance: request.url.split("?", 1)[0] ?? "", requestId: request.id });
  if (isFault(known) && !known.logged) request.log.error({ err: known.face.internal ?? known }, known.message);
  return reply
    .code(known.status)
    .headers({ ...headersOfError(known), "x-request-id": request.id })
    .type(problemType)
    .send(JSON.stringify(problem));
}

/** Bodies differ in how long they may be, and only the route knows. */
function tooLong(error: unknown, { routeOptions }: FastifyRequest): DomainError | undefined {
  if ((error as { code?: unknown } | undefined)?.code !== "FST_ERR_CTP_BODY_TOO_LARGE") return undefined;
  const kib = routeOptions.bodyLimit / 1024;
  return new DomainError("too_large", {
    detail: `A body has at most ${kib < 1024 ? `${kib} KiB` : `${kib / 1024} MiB`} here`,
  });
}

/** Answers what Node could not read as a request, the same way, and hangs up. */
export function refuseUnreadable(error: NodeJS.ErrnoException, socket: Socket): void {
  if (error.code === "ECONNRESET" || socket.destroyed || !socket.writable) {
    socket.destroy();
    return;
  }
  const requestId = newId();
  const problem = toProblem(toFault(error), { requestId });
  // The one status that tells a client to ask again just so (RFC 9110, 15.5.9).
  if (error.code === "ERR_HTTP_REQUEST_TIMEOUT") problem.status = 408;
  const body = JSON.stringify(problem);
  const head = [
    `HTTP/1.1 ${problem.status} ${STATUS_CODES[problem.status]}`,
    "Connection: close",
    `Content-Type: ${problemType}`,
    `Content-Length: ${Buffer.byteLength(body)}`,
    `X-Request-Id: ${requestId}`,
  ];
  socket.end(`${head.join("\r\n")}\r\n\r\n${body}`, () => socket.destroy());
}

function toFault(error: NodeJS.ErrnoException): DomainError {
  switch (error.code) {
    case "HPE_HEADER_OVERFLOW":
      return new DomainError("headers_too_large", { internal: error });
    case "HPE_CHUNK_EXTENSIONS_OVERFLOW":
      return new DomainError("too_large", { internal: error });
    case "ERR_HTTP_REQUEST_TIMEOUT":
      return new DomainError("invalid", { detail: "The request took too long to arrive", internal: error });
    default:
      return new DomainError("invalid", { detail: "This is not HTTP", internal: error });
  }
}
