import { Agent, type IncomingMessage, request } from "node:http";

/** What tests look at of an answer, named as `fetch` names it. */
export interface PlainAnswer {
  status: number;
  ok: boolean;
  readonly headers: Headers;
  text(): Promise<string>;
  json(): Promise<unknown>;
}

export interface PlainCall {
  method?: string | undefined;
  headers?: Record<string, string> | undefined;
  body?: string | undefined;
}

const agent = new Agent({ keepAlive: true });

/**
 * One call to a service of this machine, whole answer. The platform's `fetch` does the same for three times the processor time, of
 * which the thousands of calls of a run are a tenth; what a page's code does, is tested with `fetch` itself.
 */
export async function plainCall(url: string, call: PlainCall = {}): Promise<PlainAnswer> {
  const answer = await sendOnLive(url, call);
  const text = await read(answer);
  const status = answer.statusCode as number;
  return {
    status,
    ok: status >= 200 && status < 300,
    get headers() {
      return new Headers(Object.entries(answer.headersDistinct).flatMap(pairs));
    },
    text: async () => text,
    json: async () => JSON.parse(text),
  };
}

async function sendOnLive(url: string, call: PlainCall): Promise<IncomingMessage> {
  try {
    return await send(url, call);
  } catch (error) {
    const { code, reused } = error as { code?: string; reused?: boolean };
    // An idle connection that its server gave up just then: nothing was taken over it. After a while there may be several.
    if (code === "ECONNRESET" && reused) return sendOnLive(url, call);
    throw error;
  }
}

function send(url: string, { method = "GET", headers, body }: PlainCall): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    // As bytes: headers that go out together with text would be in its encoding, and Node gives some methods no length of its own.
    const bytes = body === undefined ? undefined : Buffer.from(body);
    const length = bytes === undefined ? {} : { "content-length": bytes.length };
    const call = request(url, { method, agent, headers: { accept: "*/*", ...length, ...headers } }, resolve);
    call.once("error", (error) => reject(Object.assign(error, { reused: call.reusedSocket })));
    call.end(bytes);
  });
}

function read(answer: IncomingMessage): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = "";
    answer.setEncoding("utf8");
    answer.on("data", (part) => {
      text += part;
    });
    answer.once("end", () => resolve(text)).once("error", reject);
  });
}

function pairs([name, values = []]: [string, string[] | undefined]): [string, string][] {
  return values.map((value) => [name, value]);
}
