/** What the page shows of a field, so that saving takes back nothing that is chosen elsewhere meanwhile. */
export function Shown({ name, value }: { name: string; value: string }) {
  return <input type="hidden" name={`was:${name}`} value={value} />;
}
