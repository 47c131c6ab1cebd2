import { cn } from "./cn.ts";
import { initialsOf } from "./initials.ts";

// Each carries white letters with a contrast of 4.5 or more.
const TINTS = ["#0b6b62", "#a34a13", "#3d55b8", "#8a2f6c", "#55691b", "#7a3ea1"];

export interface AvatarProps {
  name: string;
  /** Only addresses of our own origin are drawn: the page makes no request elsewhere. */
  src?: string | null;
  className?: string;
}

export function Avatar({ name, src, className }: AvatarProps) {
  const own = src && /^(\/(?!\/)|data:image\/)/u.test(src);
  const shape = cn("grid size-8 shrink-0 select-none place-items-center rounded-full text-xs font-semibold", className);
  // biome-ignore lint/performance/noImgElement: an avatar of our own is a few hundred bytes; an optimizer would add to it.
  if (own) return <img src={src} alt="" className={cn(shape, "object-cover")} />;
  return (
    <span aria-hidden className={cn(shape, "text-white")} style={{ background: tintOf(name) }}>
      {initialsOf(name)}
    </span>
  );
}

function tintOf(name: string): string {
  const sum = [...name].reduce((total, letter) => total + (letter.codePointAt(0) ?? 0), 0);
  return TINTS[sum % TINTS.length] ?? "gray";
}
