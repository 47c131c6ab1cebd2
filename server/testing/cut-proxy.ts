import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A wire to a server that a test can cut, as a network does: without a word to either side. */
export interface CutProxy {
  url: string;
  /** Ends every connection, and takes none until it is mended. */
  cut(): void;
  mend(): void;
  /** Connections from now on go to another server. */
  pointTo(url: string): void;
  close(): Promise<void>;
}

/** Opens a proxy on a free port. */
export async function openCutProxy(target: string): Promise<CutProxy> {
  let place = new URL(target);
  let whole = true;
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).once("close", () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    if (!whole) return client.destroy();
    const upstream = connect(Number(place.port), place.hostname);
    for (const socket of [client, upstream]) keep(socket);
    client.pipe(upstream).pipe(client);
    client.once("close", () => upstream.destroy());
    upstream.once("close", () => client.destroy());
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    cut: () => {
      whole = false;
      for (const socket of sockets) socket.destroy();
    },
    mend: () => {
      whole = true;
    },
    pointTo: (url) => {
      place = new URL(url);
    },
    close: async () => {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
