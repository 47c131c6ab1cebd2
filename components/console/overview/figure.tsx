import { ArrowRight, TrendingDown, TrendingUp } from "lucide-react";
import Link from "next/link";
import { cn } from "../../ui/cn.ts";

export interface FigureProps {
  label: string;
  value: number;
  /** The same of the time before, … */
  before?: number;
  /** … and what time that was. */
  compared?: string;
  note?: string;
  href?: string;
  /** More of it is worse. */
  bad?: boolean;
}

const number = new Intl.NumberFormat("en");

/** One number, and how it compares. */
export function Figure({ label, value, before, compared, note, href, bad = false }: FigureProps) {
  const body = (
    <>
      <span className="text-muted text-sm">{label}</span>
      <span className={cn("mt-1 block font-semibold text-2xl tabular-nums", bad && value > 0 && "text-bad")}>
        {number.format(value)}
      </span>
      <span className="mt-1 flex min-h-5 items-center gap-1 text-muted text-xs">
        {note ?? <Comparison value={value} before={before ?? 0} compared={compared ?? ""} />}
      </span>
    </>
  );
  return (
    <li className="rounded-xl border border-line bg-surface last:odd:max-lg:col-span-2">
      {href ? (
        <Link href={href} prefetch={false} className="group relative block h-full rounded-xl p-4 hover:bg-sunken">
          {body}
          <ArrowRight
            aria-hidden
            className="absolute top-4 right-4 size-4 text-muted opacity-0 group-hover:opacity-100"
          />
        </Link>
      ) : (
        <div className="p-4">{body}</div>
      )}
    </li>
  );
}

function Comparison({ value, before, compared }: { value: number; before: number; compared: string }) {
  if (value === before) return <>the same in {compared}</>;
  const Icon = value > before ? TrendingUp : TrendingDown;
  return (
    <>
      <Icon aria-hidden className="size-3.5 shrink-0" />
      {number.format(before)} in {compared}
    </>
  );
}
