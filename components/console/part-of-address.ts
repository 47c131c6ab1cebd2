/** Goes to the part of the page that the address names, as a link to it would; false where there is none, or none yet. */
export function goToPart(): boolean {
  const part = document.getElementById(location.hash.slice(1));
  const heading = part?.matches("h2") ? part : part?.querySelector<HTMLElement>(":scope > h2");
  if (!part || !heading) return false;
  part.scrollIntoView();
  heading.focus({ preventScroll: true });
  return true;
}
