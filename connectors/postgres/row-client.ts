import type { Readable } from 'node:stream';
import pg from 'pg';
import { Parser } from 'pg-protocol/dist/parser.js';

/** What the driver keeps to itself of its parser and its connection. */
interface OpenParser {
  parse(bytes: Buffer, onMessage: (message: Message) => void): void;
  handlePacket(at: number, code: number, length: number, bytes: Buffer): Message;
}
interface Message {
  readonly name: string;
}
interface OpenConnection {
  emit(name: string, message: Message): boolean;
  attachListeners(stream: Readable): void;
}

const DATA_ROW = 68; // 'D'
const NO_BYTES = Buffer.alloc(0);

/** A row where it lies in what has arrived. One object stands for each in turn: it is read at once. */
export class ArrivedRow implements Message {
  readonly name = 'dataRow';
  bytes: Buffer = NO_BYTES;
  at = 0;

  /** Where its first cell begins. */
  get cells(): number {
    return this.at + 2;
  }

  /** Cells as the driver's own queries take them. */
  get fields(): (string | null)[] {
    const { bytes } = this;
    const count = bytes.readInt16BE(this.at);
    // Grown, it would be three times as large.
    const fields = new Array<string | null>(count); // oxlint-disable-line unicorn/no-new-array
    let at = this.cells;
    for (let i = 0; i < count; i++) {
      const length = bytes.readInt32BE(at);
      at += 4;
      fields[i] = length < 0 ? null : bytes.toString('utf8', at, at + length);
      if (length > 0) at += length;
    }
    return fields;
  }
}

class RowParser extends (Parser as unknown as new () => OpenParser) {
  readonly row = new ArrivedRow();

  override handlePacket(at: number, code: number, length: number, bytes: Buffer): Message {
    if (code !== DATA_ROW) return super.handlePacket(at, code, length, bytes);
    this.row.bytes = bytes;
    this.row.at = at;
    return this.row;
  }
}

/** The driver's client, which tells of a row without reading it: its own parser makes a string of every cell first. */
export class RowClient extends pg.Client {
  constructor(config?: pg.ClientConfig) {
    super(config);
    const connection = this.connection as unknown as OpenConnection;
    connection.attachListeners = (stream) => {
      const parser = new RowParser();
      const onMessage = (message: Message): void => void connection.emit(message.name === 'error' ? 'errorMessage' : message.name, message);
      stream.on('data', (bytes: Buffer) => {
        parser.parse(bytes, onMessage);
        parser.row.bytes = NO_BYTES; // or an idle connection would hold what came last
      });
    };
  }
}
