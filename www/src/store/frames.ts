/** Runs a task once per animation frame, however often it is asked for; in a hidden tab by a slow timer. */
export function oncePerFrame(task: () => void): () => void {
  let asked = false;
  const run = () => {
    asked = false;
    task();
  };
  return () => {
    if (asked) return;
    asked = true;
    if (document.hidden) setTimeout(run, 500);
    else requestAnimationFrame(run);
  };
}
