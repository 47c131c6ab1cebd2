import type { useTRPCClient } from "../trpc.ts";

type Client = ReturnType<typeof useTRPCClient>;

/** Fetches a file part by part and hands it to the browser. */
export async function saveTaskFile(client: Client, taskId: string): Promise<true> {
  const bodies: string[] = [];
  let name = "";
  for (let part = 1, parts = 1; part <= parts; part++) {
    const got = await client.tasks.download.query({ taskId, part });
    bodies.push(got.body);
    ({ name, parts } = got);
  }
  const address = URL.createObjectURL(new Blob(bodies, { type: "application/x-ndjson" }));
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
  URL.revokeObjectURL(address);
  return true;
}
