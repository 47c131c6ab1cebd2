import type { Server } from "node:http";
import type { Socket } from "node:net";

/**
 * Connections that have not asked for anything yet. Browsers open some ahead of need, and Node takes them for busy until its time-out
 * for headers, so that without this a stop would wait for them.
 */
export class SilentConnections {
  private readonly sockets = new Set<Socket>();
  private readonly heard = ({ socket }: { socket: Socket }) => void this.sockets.delete(socket);
  private readonly gone: (this: Socket) => void;

  constructor() {
    const { sockets } = this;
    this.gone = function () {
      sockets.delete(this);
    };
  }

  /** Call before the server listens. */
  watch(server: Server): void {
    // One whose request is read once more comes again.
    server.on("connection", (socket) => void this.sockets.add(socket.off("close", this.gone).once("close", this.gone)));
    server.prependListener("request", this.heard);
    server.prependListener("upgrade", this.heard);
  }

  /** Hangs up on all of them. */
  close(): void {
    for (const socket of this.sockets) socket.destroy();
  }
}
