/** Seed of the property tests; `FC_SEED` repeats a run. */
export const SEED = Number(process.env['FC_SEED'] ?? Math.floor(Math.random() * 2 ** 31));
process.stdout.write(`fast-check seed ${SEED} (set FC_SEED to repeat)\n`);
