/**
 * Does something with a signal that aborts after so many milliseconds, when `outer` does, or when the work fails, so that
 * nothing which it began stays open. Unlike with `AbortSignal.timeout` nothing is left behind when the work is done: thousands of timers that still run would keep
 * what they were for in memory.
 */
export async function withinDeadline<T>(
  milliseconds: number,
  work: (signal: AbortSignal) => Promise<T>,
  outer?: AbortSignal | undefined,
): Promise<T> {
  const controller = new AbortController();
  const late = (): void => controller.abort(new DOMException("the deadline has passed", "TimeoutError"));
  const follow = (): void => controller.abort(outer?.reason);
  if (outer?.aborted === true) follow();
  const timer = setTimeout(late, milliseconds);
  outer?.addEventListener("abort", follow, { once: true });
  try {
    return await work(controller.signal);
  } catch (error) {
    controller.abort();
    throw error;
  } finally {
    clearTimeout(timer);
    outer?.removeEventListener("abort", follow);
  }
}
