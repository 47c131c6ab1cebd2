import { createServer } from "node:net";
import { StartError } from "../config/start-error.ts";

/**
 * The addresses of `hosts` that this machine has; a machine without IPv6 has no ::1, which is no reason not to start.
 * @throws StartError when the port is taken, or not ours to take.
 */
export async function usableHosts(hosts: string[], port: number): Promise<string[]> {
  const usable: string[] = [];
  for (const host of hosts) {
    const fault = await tryListening(host, port);
    if (!fault) usable.push(host);
    if (fault === "EADDRINUSE") {
      throw new StartError(`Port ${port} is in use on ${host}: stop what listens there, or set PORT.`);
    }
    if (fault === "EACCES") throw new StartError(`Port ${port} is not open to this user: set PORT to 1024 or more.`);
  }
  if (usable.length > 0) return usable;
  throw new StartError(`HOST ${hosts.join(",")} is no address of this machine.`);
}

function tryListening(host: string, port: number): Promise<string | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    server.listen(port, host, () => server.close(() => resolve(undefined)));
  });
}
