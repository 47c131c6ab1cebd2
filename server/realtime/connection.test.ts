import { Writable } from "node:stream";
import { setImmediate as turn } from "node:timers/promises";
import { expect, test } from "vitest";
import { FrameWriter, frame } from "./connection.ts";

class Wire extends Writable {
  readonly writes: Buffer[] = [];
  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(bytes);
    done();
  }
}

function open() {
  const wire = new Wire();
  const ws = { readyState: 1, close: () => {} };
  return { wire, writer: new FrameWriter(ws as never, wire as never, () => {}) };
}

test("frames of one turn go out in one write; those of another turn in another", async () => {
  const { wire, writer } = open();
  const frames = ["one", "two", "three"].map(frame);
  for (const bytes of frames.slice(0, 2)) writer.write(bytes);
  await turn();
  writer.write(frames[2] as Buffer);
  await turn();
  expect(wire.writes).toEqual([Buffer.concat(frames.slice(0, 2)), frames[2]]);
});

test("what is joined for one socket is shared by those with the same frames, and by no other", async () => {
  const [a, b, c, d] = [open(), open(), open(), open()];
  const [one, two, six] = [frame("one"), frame("two"), frame("six")];
  for (const { writer } of [a, b]) for (const bytes of [one, two]) writer.write(bytes);
  for (const bytes of [one, six]) c.writer.write(bytes);
  for (const bytes of [two, one]) d.writer.write(bytes);
  await turn();
  expect(a.wire.writes[0]).toEqual(Buffer.concat([one, two]));
  expect(b.wire.writes[0]).toBe(a.wire.writes[0]);
  expect(c.wire.writes[0]).toEqual(Buffer.concat([one, six]));
  expect(d.wire.writes[0]).toEqual(Buffer.concat([two, one]));
});

test("a write is at most 64 KiB, unless a frame is larger", async () => {
  const { wire, writer } = open();
  const frames = [30, 30, 30, 80, 1].map((kib) => frame(Buffer.alloc(kib * 1024)));
  for (const bytes of frames) writer.write(bytes);
  await turn();
  const sizes = wire.writes.map((bytes) => Math.floor(bytes.length / 1024));
  expect(sizes).toEqual([60, 30, 80, 1]);
  expect(Buffer.concat(wire.writes)).toEqual(Buffer.concat(frames));
});

test.each([0, 125, 126, 65_535, 65_536])("a frame of %i bytes says its length as RFC 6455, 5.2 has it", (length) => {
  const bytes = frame("x".repeat(length));
  const short = (bytes[1] ?? 0) & 0x7f;
  const said = short < 126 ? short : short === 126 ? bytes.readUInt16BE(2) : Number(bytes.readBigUInt64BE(2));
  expect(said).toBe(length);
  expect(bytes.length).toBe(length + (short < 126 ? 2 : short === 126 ? 4 : 10));
});

test("text is counted in bytes", () => {
  expect(frame("é✓").toString("utf8", 2)).toBe("é✓");
});
