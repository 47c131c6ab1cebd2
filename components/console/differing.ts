/** What a form says otherwise than it began with. The rest is left out of the call: somebody else may have changed it meanwhile. */
export function differing<Said extends object>(said: Said, began: Said): Partial<Said> {
  const fields = Object.entries(said).filter(
    ([name, value]) => JSON.stringify(value) !== JSON.stringify(Reflect.get(began, name)),
  );
  return Object.fromEntries(fields) as Partial<Said>;
}
