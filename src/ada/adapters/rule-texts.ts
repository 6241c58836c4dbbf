import { shortTurns } from '../../platform/clock/short-turns.js';
import { RuleFileBounds, type RuleFileTaker } from './rule-file-bounds.js';

/** A file as it was found: where its text is among all, or why it was not read. */
type FoundFile =
  { readonly path: string; readonly from: number; readonly to: number } | { readonly path: string; readonly refused: string };

/** The texts of files as they were at one moment, for any number of threads: what is changed on disk later changes nothing here. */
export interface RuleTexts {
  readonly files: readonly FoundFile[];
  /** The texts one behind the other; threads share it. */
  readonly bytes: SharedArrayBuffer;
}

/** Gathers files, to be read later. */
export class RuleTextCollector implements RuleFileTaker {
  private readonly bounds = new RuleFileBounds();
  private readonly files: FoundFile[] = [];
  private readonly contents: Buffer[] = [];
  private length = 0;

  count(bytes: number): void {
    this.bounds.count(bytes);
  }

  refuse(path: string, refused: string): void {
    this.files.push({ path, refused });
  }

  read(path: string, content: Buffer, counted = false): void {
    this.bounds.countFile(content, counted);
    this.contents.push(content);
    this.files.push({ path, from: this.length, to: (this.length += content.length) });
  }

  /** All that was gathered. */
  texts(): RuleTexts {
    const bytes = new SharedArrayBuffer(this.length);
    const all = new Uint8Array(bytes);
    let at = 0;
    for (const content of this.contents) {
      all.set(content, at);
      at += content.length;
    }
    return { files: this.files, bytes };
  }
}

/** Gives gathered files to whoever reads them, in the order in which they were found and in short turns. */
export async function readTexts({ files, bytes }: RuleTexts, reader: RuleFileTaker): Promise<void> {
  const breathe = shortTurns();
  for (const file of files) {
    const pause = breathe();
    if (pause) await pause;
    if ('refused' in file) reader.refuse(file.path, file.refused);
    else reader.read(file.path, Buffer.from(bytes, file.from, file.to - file.from));
  }
}
