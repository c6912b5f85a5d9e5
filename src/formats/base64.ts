/** Bytes as text (RFC 4648, section 4), where metadata holds text alone. */

/** Arguments of one call: engines bound their number. */
const STEP = 0x8000;

/** Bytes as letters, with padding. */
export function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let at = 0; at < bytes.length; at += STEP) {
    text += String.fromCharCode(...bytes.subarray(at, at + STEP));
  }
  return btoa(text);
}

/** Throws where the text is none. */
export const fromBase64 = (text: string): Uint8Array =>
  Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
