import { LeaveQuestion } from "../leave-question.ts";
import { beginWriting, follow, isTouched, savedAs, type Version, type Writing } from "./template-draft.ts";

/**
 * What somebody has written of a template and not saved. It is there again when they come back to it from another version or another page;
 * the browser asks before it closes or loads what would lose it.
 */
export class UnsavedWords {
  readonly #of = new Map<string, Map<symbol, Writing>>();
  readonly #question = new LeaveQuestion();

  /** What stands in the editor of a version: what was written from it, of the newest also from what was the newest then; else its own words. */
  open(place: string, asked: number | null, content: Version): Writing {
    const writings = this.#writingsOf(place);
    const kept =
      writings.find(({ base }) => base.version === content.version) ??
      writings.find((writing) => asked === null && writing.asked === null);
    return kept ? follow({ ...kept, asked, leaves: false }, asked, content) : beginWriting(asked, content);
  }

  /** As it stands there now; forgotten where nothing in it is to be saved. */
  keep(place: string, writing: Writing): void {
    const writings = this.#of.get(place) ?? new Map<symbol, Writing>();
    if (isTouched(writing)) writings.set(writing.id, writing);
    else writings.delete(writing.id);
    if (writings.size > 0) this.#of.set(place, writings);
    else this.#of.delete(place);
    this.#question.askWhile(this.#of.size > 0);
  }

  /** Saved, wherever whoever wrote it is by now. */
  saved(place: string, sent: Writing, saved: Version): void {
    const writing = this.#of.get(place)?.get(sent.id);
    if (writing) this.keep(place, savedAs(writing, sent, saved));
  }

  /** The versions that others than this one were written from. */
  others(place: string, { id }: Writing): number[] {
    const others = this.#writingsOf(place).filter((writing) => writing.id !== id);
    return [...new Set(others.map(({ base }) => base.version))];
  }

  forget(place: string): void {
    this.#of.delete(place);
    this.#question.askWhile(this.#of.size > 0);
  }

  #writingsOf(place: string): Writing[] {
    return [...(this.#of.get(place)?.values() ?? [])];
  }
}

/** Of this tab, until it loads another document. */
export const unsavedWords = new UnsavedWords();
