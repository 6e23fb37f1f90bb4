/** Whether brackets in a JSON text nest no deeper than `limit`; looked at before it is parsed, in one pass. */
export function isNestedWithin(json: string, limit: number): boolean {
  let depth = 0;
  for (let at = 0; at < json.length; at++) {
    switch (json.charCodeAt(at)) {
      case 0x22: // "
        at = endOfText(json, at);
        break;
      case 0x5b: // [
      case 0x7b: // {
        if (++depth > limit) return false;
        break;
      case 0x5d: // ]
      case 0x7d: // }
        depth--;
    }
  }
  return true;
}

/** Where the text that begins at `start` ends: at its closing quotation mark, or with the JSON. */
function endOfText(json: string, start: number): number {
  let at = start + 1;
  while (at < json.length && json.charCodeAt(at) !== 0x22) at += json.charCodeAt(at) === 0x5c ? 2 : 1;
  return at;
}
