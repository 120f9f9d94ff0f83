/** Returns a text as HTML writes it: the characters that mean something there, by their names. */
export function escape(text: string): string;
