// What the console shows, as values: no document, no network. Times are milliseconds since the request.

/** A number with its unit, or that it is not known. */
export function milliseconds(ms) {
  return ms === null || ms === undefined ? 'not known' : `${ms.toFixed(1)} ms`;
}

export function bytes(count) {
  return count === null || count === undefined ? 'not known' : `${(count / 1048576).toFixed(1)} MiB`;
}

/** The time of a phase in which no step ran; a step may outlast its phase, as the copy does. */
export function betweenSteps(report, phase) {
  if (phase.duration_ms === null) {
    return 0;
  }
  const end = phase.start_ms + phase.duration_ms;
  const steps = report.phases.flatMap((it) => it.steps).sort((a, b) => a.start_ms - b.start_ms);
  let covered = Math.min(end, Math.max(phase.start_ms, report.queued_ms ?? 0));
  let rest = 0;
  for (const step of steps) {
    const stepEnd = step.duration_ms === null ? end : Math.min(end, step.start_ms + step.duration_ms);
    if (stepEnd > covered && step.start_ms < end) {
      rest += Math.max(0, step.start_ms - covered);
      covered = stepEnd;
    }
  }
  return rest + Math.max(0, end - covered);
}

/**
 * A row for each phase and, below it, for what ran in it. The phases follow each other without a gap, so that those of an ended
 * migration add up to its whole time.
 *
 * @returns {{rows: {what: string, startMs: number, durationMs: ?number, inner: boolean, failed: boolean}[], endMs: number}}
 */
export function waterfall(report) {
  const rows = [];
  for (const phase of report.phases) {
    rows.push(row(`${phase.phase}: ${phase.reason}`, phase, false));
    if (phase.start_ms === 0 && report.queued_ms > 0) {
      rows.push({what: 'waited for its turn', startMs: 0, durationMs: report.queued_ms, inner: true, failed: false});
    }
    for (const step of phase.steps) {
      const what = step.effect.replaceAll('_', ' ');
      rows.push(row(step.message === null ? what : `${what} FAILED: ${step.message}`, step, true, step.message !== null));
    }
    const rest = betweenSteps(report, phase);
    if (rest > 0.05) {
      rows.push({what: 'between steps, in the control server', startMs: null, durationMs: rest, inner: true, failed: false});
    }
  }
  const ends = report.phases.map((it) => it.start_ms + (it.duration_ms ?? 0));
  return {rows, endMs: Math.max(0, ...ends)};
}

function row(what, span, inner, failed = false) {
  return {what, startMs: span.start_ms, durationMs: span.duration_ms, inner, failed};
}

/** What an answer that is no success says, as a sentence. */
export function sentence(status, problem) {
  const what = problem?.detail ?? problem?.title ?? `the server answered ${status}`;
  return problem?.field ? `${what} (field: ${problem.field})` : what;
}

/** The path of the next page of a list, or null when this was the last. */
export function nextPage(link) {
  return link?.match(/^<(\/[^>]*)>; rel="next"$/)?.[1] ?? null;
}

/** How a migration stands, in words. */
export function verdict(migration) {
  const words = {
    completed: 'completed',
    rehearsed: 'rehearsed: everything but the copy was done, and undone',
    refused: 'refused, nothing was changed',
    rolled_back: `rolled back, the VM is safe at ${migration.source}`,
    uncertain: 'UNCERTAIN: start the VM nowhere by hand, and end it at neither host',
    lost: 'LOST: the VM runs nowhere any more',
    running: `running, phase ${migration.phase}`,
  };
  return words[migration.outcome] ?? migration.outcome;
}
