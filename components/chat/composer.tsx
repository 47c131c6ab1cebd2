"use client";

import { ArrowUp, Smile, X } from "lucide-react";
import {
  type KeyboardEvent,
  lazy,
  type Ref,
  Suspense,
  useEffect,
  useId,
  useImperativeHandle,
  useRef,
  useState,
  useSyncExternalStore,
} from "react";
import type { ChatRoom } from "../../client/chat-room.ts";
import { ParleyError, sentenceOf } from "../../client/parley-error.ts";
import { useParley, useParleyState } from "../../client/react/provider.tsx";
import type { Message } from "../../client/types.ts";
import { Button } from "../ui/button.tsx";
import { IconButton } from "../ui/icon-button.tsx";
import { isComposing } from "../ui/is-composing.ts";
import { untilLoaded } from "../ui/until-loaded.ts";
import { composerAct } from "./composer-keys.ts";
import { correctionsOf } from "./corrections.ts";
import { MentionList, optionId } from "./mention-list.tsx";
import { readDraft, useDraftKeeper, withKept, writeDraft } from "./use-draft.ts";
import { useMentions } from "./use-mentions.ts";

// The picker, and half a megabyte of names for it, come when somebody wants an emoji.
const EmojiPopover = lazy(untilLoaded(() => import("./emoji-popover.tsx")));

export interface ComposerHandle {
  /** False where there is no box. */
  focus: () => boolean;
  /** Puts a text in, of a message that was not sent for example, before what was already written. */
  fill: (text: string) => void;
}

export interface ComposerProps {
  room: ChatRoom;
  placeholder: string;
  /** False while the chat is not loaded: what is written stays in the box. */
  ready: boolean;
  /** What is being answered, or corrected. */
  about: { kind: "reply" | "edit"; message: Message; author: string } | undefined;
  onDone: () => void;
  /** The last message of one's own, for ↑ in an empty box. */
  onEditLast: () => void;
  onSent: () => void;
  onMarkRead: () => void;
  /** Says what has failed of a chat that is not open any more. */
  onProblem: (sentence: string) => void;
  /** Why one may not write here; undefined for "one may". */
  barred?: string | undefined;
  handle?: Ref<ComposerHandle>;
}

export function Composer(props: ComposerProps) {
  const { room, placeholder, ready, about, onDone, onEditLast, onSent, onMarkRead, onProblem, barred, handle } = props;
  const { tenantId } = useParley();
  const me = useParleyState((state) => state.me);
  const place = { tenantId, me, chatId: room.chatId };
  const [draft, setDraft] = useState(() => readDraft(place));
  const corrections = correctionsOf(room);
  const { texts, problem } = useSyncExternalStore(corrections.listen, corrections.get, corrections.get);
  const [picking, setPicking] = useState(false);
  const [pickerWanted, setPickerWanted] = useState(false);
  const keepDraft = useDraftKeeper(place, show);
  // What is put in after a call must come before what was written meanwhile.
  const written = useRef(draft);
  const box = useRef<HTMLTextAreaElement>(null);
  const id = useId();
  const listId = useId();
  const editing = about?.kind === "edit" ? about.message : undefined;
  const mentions = useMentions(room.chatId, box, change, editing?.id);
  // Who corrects a message finds the draft again afterwards.
  const text = editing ? (texts[editing.id] ?? editing.content) : draft;

  useImperativeHandle(handle, () => ({
    focus: () => {
      box.current?.focus();
      return box.current !== null;
    },
    fill: (given) => {
      if (editing) onDone();
      putIn(given);
      box.current?.focus();
    },
  }));

  useEffect(() => {
    corrections.putIn = putIn;
    return () => {
      corrections.putIn = undefined;
    };
  });

  useEffect(() => {
    if (about) box.current?.focus();
  }, [about]);

  function change(next: string) {
    if (editing) {
      corrections.write(editing.id, next);
      return;
    }
    keep(next);
  }

  // Who somebody is says the service, where an issuer names users otherwise: by then the box is there.
  const named = useRef(me);
  useEffect(() => {
    if (named.current === me) return;
    // Nobody would take what was typed until then from there, but the next page.
    writeDraft({ tenantId, me: named.current, chatId: room.chatId }, "");
    named.current = me;
    const kept = readDraft({ tenantId, me, chatId: room.chatId });
    const both = withKept(kept, written.current);
    written.current = both;
    setDraft(both);
    if (both !== kept) keepDraft(both);
  }, [me, tenantId, room, keepDraft]);

  function show(next: string) {
    written.current = next;
    setDraft(next);
  }

  function keep(next: string) {
    show(next);
    keepDraft(next);
  }

  function putIn(given: string) {
    keep(written.current.trim() === "" ? given : `${given}\n${written.current}`);
  }

  function giveUp() {
    if (editing) corrections.forget(editing.id);
    onDone();
  }

  async function send() {
    const content = text.trim();
    if (content === "" || barred || !ready) return;
    corrections.say("");
    const mentioned = mentions.of(content, editing);
    mentions.reset();
    if (editing) {
      giveUp();
      if (content === editing.content && !mentioned.mentionUserIds) return;
      await room.edit(editing.id, content, mentioned).catch((error) => onNotChanged(editing.id, content, error));
      return;
    }
    room.send(content, { replyToId: about?.message.id, ...mentioned });
    change("");
    if (about) onDone();
    onSent();
  }

  /** By then another chat may be open. */
  function onNotChanged(messageId: string, content: string, error: unknown) {
    const isHere = corrections.putIn !== undefined;
    // Nobody can correct it again: the words would be lost with it.
    if (isGone(error)) {
      if (corrections.putIn) corrections.putIn(content);
      else writeDraft(place, withKept(content, readDraft(place)));
      corrections.say("The message is deleted. What you wrote is in the box.");
      if (!isHere) onProblem("The message that you corrected is deleted. What you wrote is in the box of its chat.");
      return;
    }
    corrections.restore(messageId, content);
    const reason = sentenceOf(error).replace(/[^.!?]$/u, "$&.");
    const sentence = `Not changed: ${reason} Edit your message again to find what you wrote.`;
    corrections.say(sentence);
    if (!isHere) onProblem(sentence);
  }

  function onKeyDown(event: KeyboardEvent) {
    if (isComposing(event)) return;
    if (mentions.onKey(event)) return event.preventDefault();
    const onTouch = matchMedia("(pointer: coarse)").matches;
    const wanted = composerAct(event, { isEmpty: text === "", hasAbout: about !== undefined, onTouch });
    if (!wanted) return;
    event.preventDefault();
    if (wanted === "send") void send();
    else if (wanted === "cancel") giveUp();
    else if (wanted === "markRead") onMarkRead();
    else if (wanted === "editLast") onEditLast();
    else pickEmoji();
  }

  function pickEmoji() {
    setPickerWanted(true);
    setPicking(true);
  }

  function insert(emoji: string) {
    const { current } = box;
    if (!current) return;
    // By the box itself, which keeps its caret behind it.
    current.setRangeText(emoji, current.selectionStart, current.selectionEnd, "end");
    change(current.value);
    setPicking(false);
    current.focus();
  }

  const alert = problem && (
    <p role="alert" className="mb-2 text-bad text-sm">
      {problem}
    </p>
  );
  if (barred)
    return (
      <div className="border-line border-t px-4 py-4 text-center text-muted text-sm">
        {alert}
        <p>{barred}</p>
      </div>
    );
  return (
    <form
      data-composer
      className="relative border-line border-t p-3"
      onSubmit={(event) => {
        event.preventDefault();
        void send();
      }}
    >
      {alert}
      <MentionList id={listId} mentions={mentions} />
      {about && (
        <div className="mb-2 flex items-center gap-2 rounded-lg border-accent border-l-2 bg-sunken py-1 pr-1 pl-3 text-sm">
          <p className="min-w-0 flex-1 truncate">
            <span className="font-medium">{about.kind === "edit" ? "Edit message" : `Reply to ${about.author}`}</span>{" "}
            <span className="text-muted">{about.message.content}</span>
          </p>
          <IconButton icon={X} label="Cancel (Esc)" onClick={giveUp} />
        </div>
      )}
      <div className="flex items-end gap-2">
        <label htmlFor={id} className="sr-only">
          Message
        </label>
        {pickerWanted ? (
          <Suspense fallback={<IconButton icon={Smile} label="Emoji" className="size-9" />}>
            <EmojiPopover open={picking} onOpenChange={setPicking} onPick={insert} />
          </Suspense>
        ) : (
          <IconButton icon={Smile} label="Emoji" className="size-9" onClick={pickEmoji} />
        )}
        <textarea
          ref={box}
          id={id}
          rows={1}
          value={text}
          dir="auto"
          placeholder={placeholder}
          aria-autocomplete="list"
          aria-controls={mentions.found.length > 0 ? listId : undefined}
          aria-activedescendant={mentions.found.length > 0 ? optionId(listId, mentions.active) : undefined}
          onSelect={() => mentions.look(true)}
          onBlur={mentions.leave}
          onChange={(event) => {
            change(event.target.value);
            mentions.look();
            if (!editing) room.typing();
          }}
          onKeyDown={onKeyDown}
          className="field-sizing-content max-h-40 min-h-9 w-full min-w-0 resize-none rounded-lg border border-line-strong/60 bg-bg px-3 py-1.5 text-base leading-6 placeholder:text-muted sm:text-sm sm:leading-6"
        />
        <Button
          type="submit"
          variant="primary"
          size="icon"
          className="size-9 pointer-coarse:size-11"
          aria-label={editing ? "Save" : "Send"}
          title={editing ? "Save (Enter)" : "Send (Enter)"}
        >
          <ArrowUp aria-hidden className="size-4" />
        </Button>
      </div>
    </form>
  );
}

function isGone(error: unknown): boolean {
  return error instanceof ParleyError && (error.code === "conflict" || error.code === "not_found");
}
