import { type Cipher, createCipheriv, createDecipheriv, type Decipher } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { TenantId } from "../auth/principal.ts";
import { deriveKey } from "../config/secrets.ts";
import { DomainError } from "../errors.ts";

const magic = 0x7061; // "pa"

/** Single blocks without padding leave nothing behind in a cipher, so a tenant's is made once: that is most of what an id costs. */
interface Codec {
  cipher: Cipher;
  decipher: Decipher;
}

/** The readable end of a log, as a cursor is judged against it. */
export interface LogBounds {
  position: number;
  floor: number;
  epoch: number;
}

/**
 * Turns positions into event ids and back. An id is one AES block under a key of the tenant: the same event has the same id for
 * everybody, and nobody can read from two of them how much others wrote in between.
 */
export class Cursors {
  private readonly codecs = new LRUCache<TenantId, Codec>({ max: 10_000 });
  private readonly secret: string;

  constructor(secret: string) {
    this.secret = secret;
  }

  /** The id of a position: 22 characters of base64url. */
  encode(tenantId: TenantId, epoch: number, position: number): string {
    const block = Buffer.alloc(16);
    block.writeUInt16BE(magic, 0);
    block.writeUIntBE(epoch, 2, 6);
    block.writeBigUInt64BE(BigInt(position), 8);
    return this.codecOf(tenantId).cipher.update(block).toString("base64url");
  }

  /** Reads an id. Throws `cursor_invalid` for what was not made here for this tenant. */
  decode(tenantId: TenantId, id: string): { epoch: number; position: number } {
    const block = Buffer.from(id, "base64url");
    if (block.length !== 16 || block.toString("base64url") !== id) throw new DomainError("cursor_invalid");
    const plain = this.codecOf(tenantId).decipher.update(block);
    const position = Number(plain.readBigUInt64BE(8));
    // One of 65,536 blocks that nobody made has the magic too, but no position that a log can have.
    if (plain.readUInt16BE(0) !== magic || !Number.isSafeInteger(position)) throw new DomainError("cursor_invalid");
    return { epoch: plain.readUIntBE(2, 6), position };
  }

  /** The position to read on from. Throws `cursor_invalid`, or `cursor_expired` when it is too old, ahead or of another epoch. */
  resume(tenantId: TenantId, id: string, bounds: LogBounds): number {
    const { epoch, position } = this.decode(tenantId, id);
    if (epoch !== bounds.epoch)
      throw new DomainError("cursor_expired", { detail: "The log was restored or moved since" });
    if (position < bounds.floor)
      throw new DomainError("cursor_expired", { detail: "Events that old are no longer kept" });
    if (position > bounds.position)
      throw new DomainError("cursor_expired", { detail: "The cursor is ahead of the log" });
    return position;
  }

  private codecOf(tenantId: TenantId): Codec {
    let codec = this.codecs.get(tenantId);
    if (!codec) {
      const key = deriveKey(this.secret, `cursor:${tenantId}`, 16);
      const cipher = createCipheriv("aes-128-ecb", key, null).setAutoPadding(false);
      const decipher = createDecipheriv("aes-128-ecb", key, null).setAutoPadding(false);
      codec = { cipher, decipher };
      this.codecs.set(tenantId, codec);
    }
    return codec;
  }
}
