import { Dialog } from "../ui/dialog.tsx";
import { Kbd } from "../ui/kbd.tsx";
import { Switch } from "../ui/switch.tsx";
import { useConsole } from "./console-context.ts";
import { pagesFor } from "./pages.ts";
import { turnSingleKeys, useSingleKeys } from "./single-keys.ts";

const KEYS = [
  ["Ctrl K", "Go to, do, find by id"],
  ["?", "This sheet"],
  ["/", "The page's filter"],
  ["j / k", "Next or previous row"],
  ["Enter", "Open the row"],
  [".", "The row's acts"],
  ["← / →", "Previous or next row, in what one has opened"],
  ["Esc", "Close what is open"],
  ["p", "Pause or resume live panels"],
  ["c", "Create: the page's first button"],
] as const;

export function KeySheet({ open, onOpenChange }: { open: boolean; onOpenChange: (open: boolean) => void }) {
  const { role } = useConsole();
  const single = useSingleKeys();
  const goes = pagesFor(role).flatMap(({ key, label }) => (key ? [[`g ${key}`, label] as const] : []));
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keys" description="On a Mac ⌘ stands for Ctrl.">
      <div className="mb-4 flex items-center justify-between gap-4 border-line border-b pb-4 text-sm">
        <p>
          Keys of one letter or sign
          <span className="block text-muted text-xs">Switch them off if you speak to your computer.</span>
        </p>
        <Switch label="Keys of one letter or sign" checked={single} onChange={turnSingleKeys} />
      </div>
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-6 gap-y-2 text-sm">
        {[...KEYS, ...goes].map(([keys, what]) => (
          <div key={keys} className="contents">
            <dt>
              <Kbd>{keys}</Kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
