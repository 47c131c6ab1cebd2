import { useEffect, useState } from "react";
import { useParley } from "../../client/react/provider.tsx";

type Parley = ReturnType<typeof useParley>;

/** Asked for once in the life of a client: categories are rarely renamed. */
const asked = new WeakMap<Parley, Promise<ReadonlyMap<string, string>>>();
const none: ReadonlyMap<string, string> = new Map();

/** What a type of notification is called in one's preferences; a type without a category goes by its own name. */
export function useTypeTitles(): (type: string) => string {
  const client = useParley();
  const [titles, setTitles] = useState(none);
  useEffect(() => {
    let here = true;
    let titles = asked.get(client);
    if (!titles) {
      titles = load(client);
      asked.set(client, titles);
    }
    void titles.then((found) => here && setTitles(found));
    return () => {
      here = false;
    };
  }, [client]);
  return (type) => titles.get(type) ?? type;
}

/** Without an answer types go by their names: nobody needs to be told. */
async function load(client: Parley): Promise<ReadonlyMap<string, string>> {
  try {
    const { body } = await client.api.call("preferences.get", {});
    return new Map(body.categories.map(({ type, title }) => [type, title]));
  } catch {
    asked.delete(client);
    return none;
  }
}
