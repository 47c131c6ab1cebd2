import { Agent, request as ask, type IncomingHttpHeaders, type IncomingMessage } from "node:http";
import { type Duplex, pipeline } from "node:stream";
import type { FastifyReply, FastifyRequest } from "fastify";
import type { Realtime } from "../../realtime/realtime.ts";
import { boundConnect, pipeUpgrade } from "../../realtime/upgrade.ts";
import { type VisitorSeal, visitorHeader } from "../../visitor-address.ts";
import { plainAnswers, refuseUpgrade } from "./upgrade-answer.ts";
import type { Knock } from "./upgrades.ts";

/** Says that a node has passed the request on: the next one does not. */
const hopHeader = "x-parley-hop";
/** Of one connection between two parties only (RFC 9110, 7.6.1). */
const hopByHop = new Set(["connection", "keep-alive", "transfer-encoding", "te", "trailer", "upgrade", "expect"]);

/** Brings requests for a connection to the node it lives on, in one hop. */
export class NodeRouting {
  // Idle ones are let go before the other node does it: a request that met that would be lost, and its connection with it.
  private readonly agent = new Agent({ keepAlive: true, timeout: 30_000 });
  private readonly passedOn = new Set<Duplex>();
  private isClosed = false;
  private readonly nodes: Pick<Realtime, "urlOf">;
  private readonly visitors: Pick<VisitorSeal, "seal">;

  constructor(nodes: Pick<Realtime, "urlOf">, visitors: Pick<VisitorSeal, "seal">) {
    this.nodes = nodes;
    this.visitors = visitors;
  }

  /** Answers with what the node answers; 404 when there is no such node, which makes the client start anew. */
  async forward(request: FastifyRequest, reply: FastifyReply, nodeId: string): Promise<FastifyReply> {
    const url = await this.urlFor(request.headers, nodeId);
    const { status, text } = plainAnswers.idUnknown;
    const refuse = () => reply.code(status).type("text/plain; charset=utf-8").send(text);
    if (url === undefined || this.isClosed) return refuse(); // what is asked now would outlive the close
    const answer = await this.ask(url, request, reply).catch(() => undefined);
    if (!answer) return refuse();
    reply.hijack();
    reply.raw.writeHead(answer.statusCode ?? 502, withoutHops(answer.headers));
    // Cut off with the node's: what only stopped would leave the client waiting.
    pipeline(answer, reply.raw, () => {});
    // Events are held back by nobody on their way.
    reply.raw.flushHeaders();
    return reply;
  }

  /** Joins a socket that asks for an upgrade, and comes from that address, with the node. */
  async forwardUpgrade({ request, socket, head }: Knock, address: string, nodeId: string): Promise<void> {
    const url = await this.urlFor(request.headers, nodeId);
    if (url === undefined) return refuseUpgrade(socket, plainAnswers.idUnknown);
    if (this.isClosed || socket.destroyed) return void socket.destroy();
    this.passedOn.add(socket);
    socket.once("close", () => this.passedOn.delete(socket));
    pipeUpgrade(request, socket, head, { upstream: url, headers: this.ofHop(address) });
  }

  /** Hangs up on who was brought elsewhere: they come back by way of another node, and go on where they were. */
  close(): void {
    this.isClosed = true;
    this.agent.destroy();
    for (const socket of this.passedOn) socket.destroy();
  }

  private async urlFor(headers: IncomingHttpHeaders, nodeId: string): Promise<string | undefined> {
    return headers[hopHeader] === undefined ? await this.nodes.urlOf(nodeId) : undefined;
  }

  /** What the other node is told: it sees this node's address. */
  private ofHop(address: string): Record<string, string> {
    return { [hopHeader]: "1", [visitorHeader]: this.visitors.seal(address) };
  }

  private ask(base: string, request: FastifyRequest, reply: FastifyReply): Promise<IncomingMessage> {
    const { method } = request;
    const body = request.body as Buffer | undefined;
    const ofBody = { "content-length": String(body?.length ?? 0) };
    const headers = { ...withoutHops(request.headers), ...this.ofHop(request.ip), ...ofBody };
    return new Promise((resolve, reject) => {
      const path = pathOf(request.raw.url ?? "/");
      const out = ask(base, { method, path, headers, agent: this.agent }, resolve);
      out.on("error", reject);
      out.on("socket", (socket) => boundConnect(socket));
      reply.raw.once("close", () => out.destroy());
      out.end(body);
    });
  }
}

/** A request may name a whole address (RFC 9112, 3.2.2), and routes match its path: the host in it is the client's word, and no node of ours. */
function pathOf(target: string): string {
  return target.replace(/^https?:\/\/[^/]*/i, "");
}

function withoutHops(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));
}
