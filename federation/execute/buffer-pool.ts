const FIRST_BYTES = 32_768;
const SPARE_MAX = 64;
/** First buffers that nobody uses. Memory outside the heap is collected at a higher price, which is why they are used again. */
const spare: Buffer[] = [];

/** To print into. @param bytes that it must have room for */
export function takeBuffer(bytes = FIRST_BYTES): Buffer {
  return (bytes <= FIRST_BYTES ? spare.pop() : undefined) ?? Buffer.allocUnsafeSlow(Math.max(bytes, FIRST_BYTES));
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
  if (buffer.length === FIRST_BYTES && spare.length < SPARE_MAX) spare.push(buffer);
}
