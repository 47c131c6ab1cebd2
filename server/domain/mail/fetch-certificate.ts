import { LRUCache } from "lru-cache";
import { DomainError } from "../../errors.ts";
import { isCertificateAddress } from "./verify-sns.ts";

/** The certificates of SNS, each fetched once in a while. */
export class Certificates {
  private readonly kept = new LRUCache<string, string>({ max: 50, ttl: 24 * 60 * 60 * 1000 });
  private readonly fetchText: (address: string) => Promise<string>;

  constructor(fetchText: (address: string) => Promise<string>) {
    this.fetchText = fetchText;
  }

  /** Throws forbidden for an address that is none of SNS, which is then not asked; unavailable when SNS does not answer. */
  async get(address: string): Promise<string> {
    if (!isCertificateAddress(address)) throw new DomainError("forbidden", { detail: "The certificate is not of SNS" });
    const known = this.kept.get(address);
    if (known !== undefined) return known;
    const pem = await this.ask(address);
    this.kept.set(address, pem);
    return pem;
  }

  /** Calls an address of SNS. Throws unavailable when it does not answer. */
  async ask(address: string): Promise<string> {
    return await this.fetchText(address).catch((error) => {
      throw new DomainError("unavailable", { detail: "SNS did not answer", retryAfter: 60, internal: error });
    });
  }
}
