/** Its height is always there, so that nothing jumps when somebody starts to type. */
export function TypingLine({ names }: { names: string[] }) {
  return <p className="h-6 truncate px-4 text-muted text-xs leading-6">{typingSentence(names)}</p>;
}

export function typingSentence(names: string[]): string {
  if (names.length === 0) return "";
  if (names.length === 1) return `${names[0]} is typing…`;
  return names.length === 2 ? `${names[0]} and ${names[1]} are typing…` : "Several people are typing…";
}
