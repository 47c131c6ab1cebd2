import type { ChannelEvent } from "../log/bus/bus.ts";
import type { PresenceState } from "../services.ts";
import type { Roster } from "./channel-roster.ts";
import type { ChannelInput } from "./channel-store.ts";

/** What a channel has to say to those who listen. */
export type ChannelNews =
  | { kind: "event"; event: ChannelEvent }
  | { kind: "joined"; userId: string; info: string | null }
  | { kind: "left"; userId: string }
  | { kind: "count"; subscriptions: number }
  | { kind: "state"; state: PresenceState };

/** On its way to many connections: what is expensive is made once and shared. */
export class OutgoingChannel {
  readonly channel: string;
  readonly news: ChannelNews;
  private made: unknown;

  constructor(channel: string, news: ChannelNews) {
    this.channel = channel;
    this.news = news;
  }

  /** Made at the first listener. One protocol has application channels, so one form is all. */
  shared<T>(make: (outgoing: OutgoingChannel) => T): T {
    this.made ??= make(this);
    return this.made as T;
  }
}

/** A connection as channels see it. */
export interface ChannelListener {
  readonly id: string;
  /** Never throws. Called in the order in which this node came to know of things. */
  hear(outgoing: OutgoingChannel): void;
  /** What it is left out of, since it caused it. */
  leftOut?(outgoing: OutgoingChannel): void;
  /** The channel is taken away from it: it is to leave. */
  taken?(channel: string): void;
}

interface LocalMember {
  info: string | null;
  connections: number;
  /** When the last connection went, in ms since 1970; `gone` when it said that it leaves. */
  left: number | "gone" | undefined;
  /** What the database was told last. */
  written: "here" | "gone" | undefined;
  /** The info is news: not what a node says once more that the others may have taken for dead. */
  said: boolean;
  most: number | undefined;
}

/** The part of a channel that is on this node. */
export class LocalChannel {
  connections = 0;
  /** As last heard, over all nodes. */
  total = 0;
  /** The version that `total` is of. */
  counted = 0;
  /** A large channel's number is told now and then; this one has not been. */
  countDue = false;
  written: number | undefined;
  roster: Roster | undefined;
  /** They hear what is said and how many listen. */
  readonly hearers = new Set<ChannelListener>();
  /** They hear who comes and goes. */
  readonly followers = new Set<ChannelListener>();
  private readonly members = new Map<string, LocalMember>();

  get idle(): boolean {
    return (
      this.connections + (this.written ?? 0) === 0 && this.members.size + this.hearers.size + this.followers.size === 0
    );
  }

  /** The version of what is known here, by which it is compared; undefined where nobody is to be told what it is. */
  known(channel: string): number | undefined {
    if (this.roster) return this.roster.version;
    return this.hearers.size > 0 && !/^(#|presence-)/.test(channel) ? this.counted : undefined;
  }

  /** Takes over how many listen. False when that is no news: of an older number, or that nobody listened when nobody here did yet. */
  count({ version, subscriptions }: { version: number; subscriptions: number }): boolean {
    if (version === 0 ? this.connections > 0 : version < this.counted) return false;
    this.counted = Math.max(this.counted, version);
    if (this.total === subscriptions) return false;
    this.total = subscriptions;
    this.countDue = true;
    return true;
  }

  enter(userId: string, info: string | null, most: number | undefined): void {
    const member = this.members.get(userId);
    if (!member)
      this.members.set(userId, { info, connections: 1, left: undefined, written: undefined, said: true, most });
    else {
      member.connections++;
      member.left = undefined;
      member.written = undefined; // elsewhere they may have said something else since
      member.said = true;
      member.info = info;
    }
  }

  /** @param now undefined for who says that it leaves; who only loses its connection may come back. */
  leave(userId: string, now: number | undefined): void {
    const member = this.members.get(userId);
    if (!member) return;
    member.connections = Math.max(0, member.connections - 1);
    if (member.connections === 0) member.left = now ?? "gone";
  }

  /** Whether somebody's grace ends now. */
  expires(now: number, grace: number): boolean {
    for (const { left } of this.members.values()) if (typeof left === "number" && now - left >= grace) return true;
    return false;
  }

  /** What the database is to be told. */
  input(channel: string, now: number, grace: number): ChannelInput {
    const m: ChannelInput["m"] = [];
    for (const [u, { info: i, left, written, said, most = null }] of this.members) {
      const held = typeof left === "number";
      const here = left === undefined || (held && now - left < grace);
      if (!here && written === "gone")
        this.members.delete(u); // there was no room for it
      else if (written !== (here ? "here" : "gone")) m.push({ u, i, here, held, said, most });
    }
    return { c: channel, n: this.connections, m };
  }

  /** The database has been told. */
  wrote({ n, m }: ChannelInput, refused: readonly string[]): void {
    this.written = n;
    for (const { u, i, here } of m) {
      const member = this.members.get(u);
      if (!member) continue;
      const isIn = here && !refused.includes(u);
      // Who came in once more while this was written is written anew, and finds room or not like any other.
      member.written = !isIn ? "gone" : member.info === i ? "here" : undefined;
      member.said &&= member.written === undefined;
      if (!here && member.connections === 0) this.members.delete(u);
    }
  }

  /** The others may have taken this node for dead, and what it holds out. */
  forgetWritten(): void {
    this.written = undefined;
    for (const member of this.members.values()) member.written = undefined;
  }
}
