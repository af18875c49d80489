const WIDE = Array.from({ length: 0x5e }, (_, index) => index + 0xff01);

/** What `fold` of the IR replaces, and by what, place by place. */
export const foldTable = {
  from: `${String.fromCharCode(...WIDE)}\u3000\u00a0`,
  to: `${String.fromCharCode(...WIDE.map((code) => code - 0xfee0))}  `,
} as const;
