import assert from 'node:assert/strict';
import {test} from 'node:test';

const {bytes, milliseconds, nextPage, sentence, verdict, waterfall} = await import(process.env.VIEW);

const step = (effect, start_ms, duration_ms, message = null) => ({effect, start_ms, duration_ms, message});
const phase = (phase, start_ms, duration_ms, steps = []) => ({phase, start_ms, duration_ms, reason: 'because', steps});

test('phases add up to the whole time, and within a phase steps and what is between them do', () => {
  const report = {queued_ms: 12.5, t_all_ms: 4661.7, phases: [
    phase('REQUESTED', 0, 330, [step('inspect_source', 12.5, 4.5), step('check_guest', 20, 300)]),
    phase('TARGET_PREPARED', 330, 41.1, [step('copy', 330, 2852.1)]),
    phase('COPYING', 371.1, 2811),
    phase('REBINDING', 3182.1, 1479.6, [step('rebind', 3182.1, 1400)]),
    phase('SETTLED', 4661.7, null)]};
  const {rows, endMs} = waterfall(report);
  const outer = rows.filter((it) => !it.inner);
  assert.equal(endMs, 4661.7);
  assert.ok(Math.abs(outer.reduce((sum, it) => sum + (it.durationMs ?? 0), 0) - report.t_all_ms) < 1e-6);
  const requested = rows.slice(1, rows.indexOf(outer[1]));
  assert.deepEqual(requested.map((it) => it.what),
      ['waited for its turn', 'inspect source', 'check guest', 'between steps, in the control server']);
  assert.ok(Math.abs(requested.reduce((sum, it) => sum + it.durationMs, 0) - 330) < 1e-6);
  // The copy outlasts the phase that began it.
  assert.deepEqual(rows.slice(rows.indexOf(outer[2]) + 1, rows.indexOf(outer[3])), []);
  assert.equal(rows.at(-2).what, 'between steps, in the control server');
  assert.ok(Math.abs(rows.at(-2).durationMs - 79.6) < 1e-6);
});

test('a phase that lasts has no duration yet, and a step that failed says how', () => {
  const {rows} = waterfall({queued_ms: null, t_all_ms: null,
    phases: [phase('COPYING', 5, null, [step('probe_target', 6, 7, 'it did not answer')])]});
  assert.equal(rows[0].durationMs, null);
  assert.equal(rows[1].what, 'probe target FAILED: it did not answer');
  assert.ok(rows[1].failed);
});

test('what is not known is said so', () => {
  assert.equal(milliseconds(null), 'not known');
  assert.equal(milliseconds(undefined), 'not known');
  assert.equal(milliseconds(0), '0.0 ms');
  assert.equal(bytes(null), 'not known');
  assert.equal(bytes(3 << 20), '3.0 MiB');
});

test('an error is its sentence, with the field', () => {
  assert.equal(sentence(404, {detail: 'There is no host b-9.', field: 'target'}), 'There is no host b-9. (field: target)');
  assert.equal(sentence(502, null), 'the server answered 502');
});

test('a list goes on where the server says', () => {
  assert.equal(nextPage('</v1/vms?cursor=abc>; rel="next"'), '/v1/vms?cursor=abc');
  assert.equal(nextPage('<https://elsewhere/>; rel="next"'), null);
  assert.equal(nextPage(null), null);
});

test('no outcome that may mean harm is shown mildly', () => {
  assert.match(verdict({outcome: 'uncertain'}), /UNCERTAIN/);
  assert.match(verdict({outcome: 'lost'}), /LOST/);
  assert.equal(verdict({outcome: 'teleported'}), 'teleported');
});
