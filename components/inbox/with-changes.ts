import type { PreferenceChanges, Preferences } from "../../client/types.ts";

type Category = Preferences["categories"][number];
type Changed = NonNullable<PreferenceChanges["categories"]>[number];

/** Preferences as they will be once what was chosen is stored. A pause is left out: only the service knows until when it is. */
export function withChanges(before: Preferences, changes: PreferenceChanges): Preferences {
  const { timezone = before.timezone, quietHours, digest, categories } = changes;
  return {
    ...before,
    timezone,
    quietHours: { ...before.quietHours, ...given(quietHours) },
    digest: { ...before.digest, ...given(digest) },
    categories: before.categories.map((category) => {
      const changed = categories?.find(({ type }) => type === category.type);
      return changed ? withChannels(category, changed) : category;
    }),
  };
}

function withChannels(category: Category, { inApp, email }: Changed): Category {
  const { channels } = category;
  return {
    ...category,
    channels: {
      inApp: { ...channels.inApp, ...(inApp === undefined ? {} : { enabled: inApp === "on" }) },
      email: { ...channels.email, ...(email === undefined ? {} : { enabled: email === "on" }) },
    },
  };
}

/** What is left out of a change stays. */
function given<T extends object>(changes: T | undefined): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(changes ?? {}).filter(([, value]) => value !== undefined)) as never;
}
