import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Lets the heap grow by half of what is in use before it is collected: by itself V8 waits until it is several times as large, and keeps that of the
 * system's memory. For after a start, which only grows and would be collected again and again; what it left is collected once, soon.
 */
export function boundHeap(): void {
  setFlagsFromString('--heap-growing-percent=50');
  setFlagsFromString('--expose-gc');
  void (runInNewContext('gc') as NodeJS.GCFunction)({ type: 'major', execution: 'async' });
}
