/** A run of numbers that should be there and are not. */
export interface Gap {
  from: number;
  to: number;
}

/** What stands before a message in a list by number: nothing, or the gap between it and the one before. */
export function gapBefore(seqs: readonly number[], index: number): Gap | undefined {
  const [before, seq] = [seqs[index - 1], seqs[index]];
  if (before === undefined || seq === undefined || seq <= before + 1) return undefined;
  return { from: before + 1, to: seq - 1 };
}

export function gapText({ from, to }: Gap): string {
  return from === to ? `Message ${from} is missing` : `Messages ${from} to ${to} are missing`;
}
