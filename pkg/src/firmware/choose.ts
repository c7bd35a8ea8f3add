/**
 * Which of the open images go on in the next step.
 *
 * Each stream alone runs at rate 1. Two to four streams in one vector run at 0.75 to 0.8 each, eight in two vectors
 * at 0.37 (newer V8) to 0.6 each. So eight go together only when enough are there, and only while no image is so long
 * that all would end up waiting for it; otherwise the four longest go on, and the last one runs alone.
 */

const vectorLanes = 4;
/** From so many streams on, two vectors beat one in every engine, or lose little. */
const enoughForTwo = 7;
/** An image with more than this share of all that is left decides when the work ends. */
const longShare = 0.2;

/** The longest come first. `left` is what remains of an image, unknown lengths as 0; `waiting` that of the queue. */
export function choose<T extends { left: number }>(open: readonly T[], waiting: number): T[] {
  const byLength = [...open].sort((a, b) => b.left - a.left);
  const total = byLength.reduce((sum, { left }) => sum + left, waiting);
  const longest = byLength[0]?.left ?? 0;
  return byLength.length >= enoughForTwo && longest <= total * longShare ? byLength : byLength.slice(0, vectorLanes);
}
