import { open } from 'node:fs/promises';

/** Where audit events are written for another system (a SIEM). */
export interface StreamTarget {
  /** Writes whole lines, or rejects. Lines can have gone out when it rejects; they are given again then. */
  write: (lines: string) => Promise<void>;
}

export type StreamPlace = { kind: 'stdout' } | { kind: 'file'; path: string };

/** Opens the place anew for each write, so that a file which was renamed or removed by a rotation begins again. */
export function streamTarget(place: StreamPlace): StreamTarget {
  return { write: (lines) => (place.kind === 'stdout' ? writeStdout(lines) : appendTo(place.path, lines)) };
}

async function appendTo(path: string, lines: string): Promise<void> {
  const file = await open(path, 'a+', 0o600);
  try {
    const { size } = await file.stat();
    try {
      await file.appendFile((await endsInLine(file, size)) ? lines : `\n${lines}`);
      await file.datasync();
    } catch (error) {
      // A disk that is full has taken a part: half a line must not stay in front of the next one.
      await file.truncate(size).catch(() => undefined);
      throw error;
    }
  } finally {
    await file.close();
  }
}

/** A process that died in the middle of a write leaves half a line. */
async function endsInLine(file: Awaited<ReturnType<typeof open>>, size: number): Promise<boolean> {
  if (size === 0) return true;
  const { bytesRead, buffer } = await file.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 0 || buffer[0] === 0x0a;
}

let isGuarded = false;

function writeStdout(lines: string): Promise<void> {
  if (!isGuarded) {
    isGuarded = true;
    // A pipe that nobody reads any more is told of by each write; unheard, it would end the process.
    process.stdout.on('error', () => undefined);
  }
  return new Promise((resolve, reject) => {
    process.stdout.write(lines, (error) => {
      if (error instanceof Error) reject(error);
      else resolve();
    });
  });
}
