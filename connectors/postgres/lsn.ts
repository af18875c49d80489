/** A place in the server's log, `XXXXXXXX/XXXXXXXX`. */
export type Lsn = string;

/** Every commit that ends up to `lsn` has been taken, and so many rows of the one at `commit`. */
export interface LogPosition {
  readonly lsn: Lsn;
  readonly commit?: Lsn;
  readonly rows?: number;
}

export const readLogPosition = (text: string): LogPosition => JSON.parse(text) as LogPosition;

export function lsnNumber(lsn: Lsn): bigint {
  const [high = '0', low = '0'] = lsn.split('/');
  return (BigInt(`0x${high}`) << 32n) | BigInt(`0x${low}`);
}

/** In a form whose order as text is that of the log. */
export function lsnText(number: bigint): Lsn {
  const hex = (part: bigint): string => part.toString(16).toUpperCase().padStart(8, '0');
  return `${hex(number >> 32n)}/${hex(number & 0xffff_ffffn)}`;
}
