/** Changes the address's query. Next follows the browser's own history. */
export function changeAddress(changes: Record<string, string | undefined>, how: "push" | "replace"): void {
  const url = new URL(location.href);
  for (const [name, value] of Object.entries(changes))
    if (value === undefined) url.searchParams.delete(name);
    else url.searchParams.set(name, value);
  if (url.href === location.href) return;
  if (how === "push") history.pushState(null, "", url);
  else history.replaceState(null, "", url);
}
