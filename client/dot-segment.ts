/** Whether an address that has it between two slashes is read as another address, however it is written. */
export function isDotSegment(value: string): boolean {
  return value === "." || value === "..";
}
