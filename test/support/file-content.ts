/** A write, or a new length. */
export type FileChange = { readonly at: number; readonly bytes: Buffer } | { readonly length: number };

/** Bytes that grow without being copied each time. */
export class FileContent {
  private room: Buffer;

  constructor(private length = 0) {
    this.room = Buffer.alloc(length);
  }

  get bytes(): Buffer {
    return this.room.subarray(0, this.length);
  }

  apply(change: FileChange): void {
    const end = 'length' in change ? change.length : change.at + change.bytes.length;
    if (end > this.room.length) {
      const grown = Buffer.alloc(end * 2);
      this.bytes.copy(grown);
      this.room = grown;
    }
    if ('length' in change) {
      this.room.fill(0, change.length);
      this.length = change.length;
      return;
    }
    change.bytes.copy(this.room, change.at);
    this.length = Math.max(this.length, end);
  }

  clone(): FileContent {
    const clone = new FileContent(this.length);
    this.bytes.copy(clone.room);
    return clone;
  }
}
