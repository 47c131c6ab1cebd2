import type { ChannelChange } from "../log/bus/bus.ts";

export interface RosterNews {
  joined: [userId: string, info: string | null][];
  left: string[];
}

type Members = ReadonlyMap<string, string | null>;

interface Options {
  /** The members as they are, with the number of that state. */
  read(): Promise<{ version: number; members: Members }>;
  onNews(news: RosterNews): void;
  onError(error: unknown): void;
}

/** More changes than this while it is read are not kept: it is read again. */
const maxMissed = 1000;

/**
 * Who is in one channel, on all nodes, as this node knows it. Changes of other nodes are taken in when they go on from the state that is
 * known here; when one was lost, all is read anew, and what differs is told. Of somebody who is in it nobody is told twice.
 */
export class Roster {
  members: Members = new Map();
  version: number | undefined;
  private reading: Promise<void> | undefined;
  private missed: ChannelChange[] = [];
  private readonly options: Options;

  constructor(options: Options) {
    this.options = options;
  }

  /** Resolves when the members are known. Throws what the database throws. */
  async ready(): Promise<void> {
    while (this.reading || this.version === undefined) await (this.reading ?? this.read());
  }

  apply(change: ChannelChange): void {
    if (this.reading) {
      if (this.missed.length < maxMissed) this.missed.push(change);
      return;
    }
    if (change.version === this.version) return;
    if (change.before === this.version) this.step(change);
    else if (this.version !== undefined) this.read().catch(this.options.onError);
  }

  /** Takes over what was read elsewhere. */
  set(version: number, members: Members): void {
    const before = this.members;
    this.version = version;
    this.members = members;
    this.tell({
      joined: [...members].filter(([userId]) => !before.has(userId)),
      left: [...before.keys()].filter((userId) => !members.has(userId)),
    });
  }

  private read(): Promise<void> {
    this.reading ??= this.readAll().finally(() => {
      this.reading = undefined;
      this.missed = [];
    });
    return this.reading;
  }

  /** Once more when something happened meanwhile that what was read does not show. */
  private async readAll(): Promise<void> {
    for (let again = true; again; ) {
      this.missed = [];
      const { version, members } = await this.options.read();
      this.set(version, members);
      const missed = this.missed;
      for (const change of missed) if (change.before === this.version) this.step(change);
      again = missed.length > 0 && missed.at(-1)?.version !== this.version;
    }
  }

  private step({ version, added, removed }: ChannelChange): void {
    const members = new Map(this.members);
    const news: RosterNews = { joined: [], left: removed.filter((userId) => members.delete(userId)) };
    for (const { userId, info } of added) {
      if (!members.has(userId)) news.joined.push([userId, info]);
      members.set(userId, info);
    }
    this.version = version;
    this.members = members;
    this.tell(news);
  }

  private tell(news: RosterNews): void {
    if (news.joined.length + news.left.length > 0) this.options.onNews(news);
  }
}
