/* Two canonical strings side by side. */
import { make } from "./dom.js";

/** A canonical string in pieces, one for each parameter that is recognised in it. */
export function pieces(text, parameters) {
  const known = parameters.filter(([name]) => name !== "sign").map(([name, value]) => [name, name + value])
    .sort((one, other) => other[1].length - one[1].length);
  const found = [];
  let plain = "";
  for (let place = 0; place < text.length;) {
    const match = known.find(([, whole]) => text.startsWith(whole, place));
    if (!match) { plain += text[place++]; continue; }
    if (plain) found.push(["", plain]);
    plain = "";
    found.push([match[0], match[1]]);
    place += match[1].length;
  }
  if (plain) found.push(["", plain]);
  return found;
}

/** The string with its names in bold, and marked from the first piece to the last in which it differs. */
export function difference(text, other, parameters) {
  const mine = pieces(text, parameters), theirs = pieces(other, parameters);
  const same = (one, two) => one && two && one[1] === two[1];
  let start = 0, end = 0;
  const shorter = Math.min(mine.length, theirs.length);
  while (start < shorter && same(mine[start], theirs[start])) start++;
  while (end < shorter - start && same(mine.at(-1 - end), theirs.at(-1 - end))) end++;
  const block = make("pre"), mark = make("mark");
  mine.forEach(([name, whole], index) => {
    const within = index >= start && index < mine.length - end;
    if (within && !mark.parentNode) block.append(mark);
    (within ? mark : block).append(make("b", name), whole.slice(name.length));
  });
  return block;
}
