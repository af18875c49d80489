/** Sizes of buffers, and how many of each that nobody uses are kept. Memory outside the heap is collected at a higher price, which is why they are used again. */
const SIZES = [
  { bytes: 32_768, most: 64 },
  { bytes: 131_072, most: 32 },
  { bytes: 524_288, most: 8 },
].map((size) => ({ ...size, spare: [] as Buffer[] }));

/** To print into. @param bytes that it must have room for */
export function takeBuffer(bytes = 0): Buffer {
  for (const size of SIZES) if (bytes <= size.bytes) return size.spare.pop() ?? Buffer.allocUnsafeSlow(size.bytes);
  return Buffer.allocUnsafeSlow(bytes);
}

/** With the first `length` bytes of the one before, and room for so many more. */
export function growBuffer(buffer: Buffer, length: number, more: number): Buffer {
  const larger = takeBuffer(Math.max(buffer.length * 2, length + more));
  buffer.copy(larger, 0, 0, length);
  giveBuffer(buffer);
  return larger;
}

/** Nobody uses it any more. */
export function giveBuffer(buffer: Buffer): void {
  for (const { bytes, most, spare } of SIZES) if (buffer.length === bytes && spare.length < most) spare.push(buffer);
}
