import { diffLines } from "diff";
import { cn } from "../../ui/cn.ts";
import { textOf, type Version } from "./template-draft.ts";

/** Two versions line by line: what came with +, what went with -. */
export function VersionDiff({ before, after }: { before: Version; after: Version }) {
  const changes = diffLines(textOf(before), textOf(after));
  if (!changes.some(({ added, removed }) => added || removed))
    return <p className="text-muted text-sm">Both say the same.</p>;
  const lines = changes.flatMap(({ value, added, removed }) => {
    const sign = added ? ("+" as const) : removed ? ("-" as const) : (" " as const);
    return value
      .replace(/\n$/, "")
      .split("\n")
      .map((text) => ({ sign, text }));
  });
  return (
    <section
      aria-label={`From version ${before.version} to ${after.version}`}
      className="overflow-x-auto rounded-xl border border-line bg-surface py-2 font-mono text-xs leading-6"
    >
      {lines
        .map((line, at) => ({ ...line, key: `${at} ${line.sign}` }))
        .map(({ key, ...line }) => (
          <Line key={key} {...line} />
        ))}
    </section>
  );
}

function Line({ sign, text }: { sign: "+" | "-" | " "; text: string }) {
  const Tag = sign === "+" ? "ins" : sign === "-" ? "del" : "span";
  return (
    <Tag
      className={cn(
        "block whitespace-pre-wrap break-words px-4 no-underline",
        sign === "+" && "bg-accent-soft text-on-accent-soft",
        sign === "-" && "bg-sunken text-bad",
      )}
    >
      <span aria-hidden className="mr-2 inline-block w-3 select-none">
        {sign}
      </span>
      {text}
    </Tag>
  );
}
