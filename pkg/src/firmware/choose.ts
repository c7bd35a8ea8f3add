/**
 * Which of the open images go on in the next step.
 *
 * Each stream alone runs at rate 1. Two to four streams in one vector run at 0.7 to 0.8 each, eight in two vectors at
 * 0.3 (newer V8) to 0.5 each. So which shape is faster depends on the engine, and is found out by measuring. Eight go
 * together only while enough are there and no image is so long that all would end up waiting for it; otherwise the
 * four longest go on, and the last one runs alone.
 */

const vectorLanes = 4;
/** From so many streams on, two vectors are worth trying. */
const enoughForTwo = 7;
/** An image with more than this share of all that is left decides when the work ends. */
const longShare = 0.2;
/** Steps in which the shapes take turns, while the engine still compiles; later the slower one is tried this seldom. */
const trials = 32;
/** How fast a rate is forgotten: the best one counts, as a disturbance only ever slows down. */
const decay = 0.99;

// What this thread's engine has achieved so far: it stays the same engine from call to call.
let step = 0;
let rateOfOne = 0;
let rateOfTwo = 0;

function twoVectors(): boolean {
  if (step < trials) return step % 2 === 0;
  return step % trials === 0 ? rateOfTwo <= rateOfOne : rateOfTwo > rateOfOne;
}

/** The longest come first. `left` is what remains of an image, unknown lengths as 0; `waiting` that of the queue. */
export function choose<T extends { left: number }>(open: readonly T[], waiting: number): T[] {
  const byLength = [...open].sort((a, b) => b.left - a.left);
  const total = byLength.reduce((sum, { left }) => sum + left, waiting);
  const longest = byLength[0]?.left ?? 0;
  const wide = byLength.length >= enoughForTwo && longest <= total * longShare && twoVectors();
  return wide ? byLength : byLength.slice(0, vectorLanes);
}

/** What a step with so many images has achieved. */
export function tell(images: number, bytes: number, ms: number): void {
  step += 1;
  const rate = bytes / Math.max(ms, 0.01);
  if (images > vectorLanes) rateOfTwo = Math.max(rateOfTwo * decay, rate);
  else if (images === vectorLanes) rateOfOne = Math.max(rateOfOne * decay, rate);
}
