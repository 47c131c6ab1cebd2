import { CopyButton } from "./copy-button.tsx";
import { highlight } from "./highlight.ts";

const COLOURS = {
  comment: "text-muted",
  string: "text-(--code-string)",
  word: "text-(--code-word)",
  plain: undefined,
};

export interface CodeProps {
  /** What is shown; long secrets may be shortened here. */
  shown: string;
  /** What the button copies, always complete. */
  copied: string;
  what: string;
  disabled?: boolean;
}

export function Code({ shown, copied, what, disabled }: CodeProps) {
  return (
    <div className="relative">
      <pre
        // A box that scrolls sideways must be reachable by keyboard.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: see above.
        tabIndex={0}
        className="overflow-x-auto p-4 pr-14 font-mono text-[0.8125rem] leading-6 -outline-offset-2"
      >
        <code>
          <Highlighted source={shown} />
        </code>
      </pre>
      <div className="absolute top-2 right-2 rounded-lg bg-sunken">
        <CopyButton text={copied} what={what} disabled={disabled} />
      </div>
    </div>
  );
}

/** A program's text in colours. */
export function Highlighted({ source }: { source: string }) {
  return highlight(source).map((piece) => (
    <span key={piece.at} className={COLOURS[piece.kind]}>
      {piece.text}
    </span>
  ));
}
