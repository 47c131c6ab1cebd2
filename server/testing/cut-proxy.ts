import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A wire to a server that a test can cut or mute, as a network does: without a word to either side. */
export interface CutProxy {
  url: string;
  /** Ends every connection, and takes none until it is mended. */
  cut(): void;
  /** Nothing comes through any more, as from a machine that lost its power: connections stay, and stay mute when it is mended. */
  mute(): void;
  mend(): void;
  /** Connections from now on go to another server. */
  pointTo(url: string): void;
  close(): Promise<void>;
}

/** Opens a proxy on a free port. */
export async function openCutProxy(target: string): Promise<CutProxy> {
  let place = new URL(target);
  let state: "whole" | "cut" | "mute" = "whole";
  const sockets = new Set<Socket>();
  const keep = (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy()).once("close", () => sockets.delete(socket));
  };
  const server = createServer((client) => {
    if (state === "cut") return client.destroy();
    if (state === "mute") return keep(client);
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
      state = "cut";
      for (const socket of sockets) socket.destroy();
    },
    mute: () => {
      state = "mute";
      for (const socket of sockets) socket.unpipe().pause();
    },
    mend: () => {
      state = "whole";
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
