import { nextOf } from "../../../client/api.ts";
import type { Answers, InputOf } from "../trpc.ts";

type Listed = Answers["templates"]["list"];

/** Every template that a send may use, by title, however many pages there are. */
export async function loadPublished(
  list: (input: Exclude<InputOf<"templates.list">, void>) => Promise<Listed>,
): Promise<Listed["data"]> {
  const found: Listed["data"] = [];
  for (let after: string | null | undefined; after !== null; ) {
    const page = await list({ limit: 200, ...(after === undefined ? {} : { after }) });
    found.push(...page.data.filter(({ published }) => published !== undefined));
    after = nextOf(page);
  }
  return found.sort((one, other) => one.title.localeCompare(other.title));
}
