/** Goes to the part of the page that the address names, as a link to it would; false where there is none, or none yet. */
export function goToPart(): boolean {
  // Next 16.4 remembers a page by the whole address it was loaded from, and writes the link's part behind the one in there.
  const part = document.getElementById(location.hash.split("#").at(-1) ?? "");
  const heading = part?.matches("h2") ? part : part?.querySelector<HTMLElement>(":scope > h2");
  if (!part || !heading) return false;
  part.scrollIntoView();
  heading.focus({ preventScroll: true });
  return true;
}
