import os from 'node:os';

/** Under what circumstances a measurement was made; a load beyond the cores says that others worked there as well. */
export function machine(): Readonly<Record<string, unknown>> {
  return {
    at: new Date().toISOString().slice(0, 10),
    node: process.version,
    cores: os.availableParallelism(),
    loadAverage: Number(os.loadavg()[0]?.toFixed(1)),
  };
}
