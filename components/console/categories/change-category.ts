import type { JsonObject } from "../json-field.tsx";
import type { useTRPCClient } from "../trpc.ts";
import type { Category } from "./categories-page.tsx";

/** What is chosen of a category, each by itself. */
export interface CategoryChoices {
  title: string;
  description: string;
  inApp: boolean;
  email: boolean;
  priority: Category["priority"];
  required: boolean;
  metadataSchema: JsonObject | undefined;
}

export function choicesOf(category: Category): CategoryChoices {
  const { title, description = "", channels, priority, required, metadataSchema } = category;
  const [inApp, email] = [channels.includes("inApp"), channels.includes("email")];
  return {
    title,
    description,
    inApp,
    email,
    priority,
    required,
    metadataSchema: metadataSchema as JsonObject | undefined,
  };
}

/** As the call that declares a category takes it. */
export function declared({ description, inApp, email, metadataSchema, ...same }: CategoryChoices) {
  return {
    ...same,
    ...(description ? { description } : {}),
    channels: [...(inApp ? ["inApp" as const] : []), ...(email ? ["email" as const] : [])],
    ...(metadataSchema ? { metadataSchema } : {}),
  };
}

type Client = Pick<ReturnType<typeof useTRPCClient>, "categories">;

/** Changes some of a category. It is stored as a whole, so the rest is what it is by now, and not what a page showed. */
export async function changeCategory(client: Client, type: string, changes: Partial<CategoryChoices>) {
  const now = await client.categories.get.query({ type });
  return client.categories.put.mutate({ type, ...declared({ ...choicesOf(now), ...changes }), onlyIf: now.updatedAt });
}
