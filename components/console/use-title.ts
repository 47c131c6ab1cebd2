import { useEffect } from "react";
import { useConsole } from "./console-context.ts";

/**
 * Names an object's page in the browser's tab: "Object – Section – Tenant". The page's own title, which does not know the object, may come
 * later than the object does: it gives way to this one, and is back when this page is left.
 */
export function useTitle(object: string | undefined, section: string): void {
  const { tenantId } = useConsole();
  useEffect(() => {
    if (object === undefined) return;
    const wanted = `${object} – ${section} – ${tenantId}`;
    let own = document.title;
    const set = () => {
      if (document.title === wanted) return;
      own = document.title;
      document.title = wanted;
    };
    set();
    const watch = new MutationObserver(set);
    watch.observe(document.head, { childList: true, subtree: true, characterData: true });
    return () => {
      if (watch.takeRecords().length > 0) set();
      watch.disconnect();
      document.title = own;
    };
  }, [object, section, tenantId]);
}
