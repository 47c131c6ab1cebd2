import { nameOf, type Room } from "./room.ts";

/** Its height is always there, so that nothing jumps when somebody starts to type. */
export function TypingLine({ room }: { room: Room }) {
  const others = Object.keys(room.typing).filter((userId) => userId !== room.log.me);
  const names = others.map((userId) => nameOf(room, userId));
  return <p className="h-6 truncate px-4 text-xs leading-6 text-muted">{sentence(names)}</p>;
}

function sentence(names: string[]): string {
  if (names.length === 0) return "";
  if (names.length === 1) return `${names[0]} is typing…`;
  return names.length === 2 ? `${names[0]} and ${names[1]} are typing…` : "Several people are typing…";
}
