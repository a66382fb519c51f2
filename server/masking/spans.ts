/** A piece of a text that is somebody's: from `start`, before `end`, and what stands in its place. */
export interface Span {
  start: number;
  end: number;
  mask: string;
}

/** Finds what is to be masked in a text, in order. Never throws, and takes time that grows with the text alone. */
export type Detector = (text: string) => Span[];
