/** To the other pages of this browser, where there is one: some have none, and in a frame whose storage is forbidden it is too. */
export function openChannel(name: string): BroadcastChannel | undefined {
  try {
    return new BroadcastChannel(name);
  } catch {
    return undefined;
  }
}
