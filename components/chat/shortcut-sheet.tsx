import { Dialog } from "../ui/dialog.tsx";
import { Kbd } from "../ui/kbd.tsx";

const KEYS = [
  ["Ctrl K", "Find a chat"],
  ["Alt ↑ / Alt ↓", "Previous or next chat"],
  ["Alt Shift ↑ / ↓", "Previous or next unread chat"],
  ["F6", "Next part of the page: chats, messages, box"],
  ["Ctrl F", "Search in this chat"],
  ["Esc", "Mark this chat read, from the box"],
  ["Enter / Shift Enter", "Send / new line"],
  ["@", "Mention somebody: ↑ ↓ choose, Enter or Tab takes"],
  ["↑ in an empty box", "Edit your last message"],
  ["Ctrl Shift E", "Emoji"],
  ["↑ ↓ Home End", "Move among messages"],
  ["R  E  U  Del", "Reply, edit, mark unread, delete the message"],
  ["Ctrl /", "This sheet"],
] as const;

export default function ShortcutSheet({
  open,
  onOpenChange,
}: {
  open: boolean;
  onOpenChange: (open: boolean) => void;
}) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keys" description="On a Mac ⌘ stands for Ctrl.">
      <dl className="grid grid-cols-[auto_1fr] items-center gap-x-6 gap-y-2 text-sm">
        {KEYS.map(([keys, what]) => (
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
