/** Which thread takes which file. */

import { mostSlots } from "../firmware/hasher.js";

/** Times the rate of one stream that all lanes together have, about. */
const gain = 4;

interface Hand<File> {
  files: File[];
  longest: number;
  total: number;
}

/**
 * Each file to the thread that will then end first, the longest first: threads that have as many bytes do not end
 * together, as one that is longer than all others in their lanes has to go on alone.
 */
export function deal<File extends { size: number }>(files: readonly File[], threads: number): File[][] {
  const hands: Hand<File>[] = Array.from({ length: threads }, () => ({ files: [], longest: 0, total: 0 }));
  for (const file of [...files].sort((a, b) => b.size - a.size)) {
    const best = hands.reduce((best, hand) => (sooner(hand, best, file.size) ? hand : best));
    best.files.push(file);
    best.longest = Math.max(best.longest, file.size);
    best.total += file.size;
  }
  return hands.map(({ files }) => files);
}

/** Where sizes are unknown, and so 0, the number of files decides. */
function sooner(one: Hand<unknown>, other: Hand<unknown>, size: number): boolean {
  const difference = timeWith(one, size) - timeWith(other, size);
  return difference < 0 || (difference === 0 && one.files.length < other.files.length);
}

/** In bytes of one stream. */
function timeWith({ longest, total }: Hand<unknown>, size: number): number {
  const first = Math.max(longest, size);
  const others = total + size - first;
  // As much as the first does while all others go through the other lanes.
  const beside = others / (mostSlots - 1);
  return (others + Math.min(first, beside)) / gain + Math.max(0, first - beside);
}
