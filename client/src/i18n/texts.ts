import type { en } from './en.ts';

type Widened<T> = { readonly [K in keyof T]: T[K] extends string ? string : Widened<T[K]> };

/** What a language must have: exactly the keys of the English texts. */
export type Texts = Widened<typeof en>;

type Keys<T> = { [K in keyof T & string]: T[K] extends string ? K : `${K}.${Keys<T[K]>}` }[keyof T & string];

/** The dotted key of one text; a key that does not exist does not compile. */
export type TextKey = Keys<typeof en>;
