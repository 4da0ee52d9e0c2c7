// The web console: pages that show the API's answers. What comes from the server is text here, never markup.
import {bytes, milliseconds, nextPage, sentence, verdict, waterfall} from './view.js';

const LOOK_EVERY_MS = 3000;
const STRATEGIES = ['pre-copy', 'post-copy', 'hybrid-copy', 'suspended', 'cold', 'auto'];
const OUTCOMES = ['running', 'completed', 'rehearsed', 'refused', 'rolled_back', 'uncertain', 'lost'];

const main = document.getElementById('main');
const nav = document.querySelector('nav');
const leave = document.getElementById('leave');
// In no cookie and no storage: it ends with the page.
let token = null;
let turn = 0;

class Refused extends Error {
  constructor(status, problem) {
    super(sentence(status, problem));
    this.status = status;
  }
}

/** @param key under which a creation is done once */
async function ask(path, {method = 'GET', body, key} = {}) {
  const headers = {Accept: 'application/json', Authorization: `Bearer ${token}`};
  if (body !== undefined) {
    headers['Content-Type'] = 'application/json';
  }
  if (key !== undefined) {
    headers['Idempotency-Key'] = key;
  }
  let answer;
  try {
    answer = await fetch(path, {method, headers, body: body === undefined ? undefined : JSON.stringify(body)});
  } catch {
    throw new Error('The server does not answer.');
  }
  const content = await answer.json().catch(() => null);
  if (!answer.ok) {
    throw new Refused(answer.status, content);
  }
  return {body: content, next: nextPage(answer.headers.get('Link'))};
}

/** An element with attributes, listeners (on...) and children; texts stay texts. */
function h(name, attributes, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(attributes ?? {})) {
    if (key.startsWith('on')) {
      element.addEventListener(key.slice(2), value);
    } else if (value !== null && value !== undefined && value !== false) {
      element.setAttribute(key, value === true ? '' : value);
    }
  }
  element.append(...children.flat().filter((it) => it !== null));
  return element;
}

const link = (view, text, name = '') => h('a', {href: `#/${view}${name && '/' + encodeURIComponent(name)}`}, text);
const migrationLink = (id) => id === null ? '-' : link('migrations', id.slice(0, 8), id);

function table(caption, titles) {
  const body = h('tbody');
  const whole = h('div', {class: 'scroll'}, h('table', {}, h('caption', {}, caption),
      h('thead', {}, h('tr', {}, titles.map((it) => h('th', {scope: 'col'}, it)))), body));
  return {whole, body};
}

const cells = (values) => h('tr', {}, values.map((it) => h('td', {}, it ?? '-')));

/** A list, page by page: what was opened stays open when it is looked at again. */
async function list(caption, path, titles, row) {
  const {whole, body} = table(caption, titles);
  const more = h('button', {type: 'button', onclick: () => attempt(add)}, 'More');
  const empty = h('p', {}, 'None.');
  let next = path;
  async function add() {
    const page = await ask(next);
    body.append(...page.body.items.map((it) => cells(row(it))));
    next = page.next;
    more.hidden = next === null;
    empty.hidden = body.children.length > 0;
  }
  await add();
  return [whole, empty, more];
}

/** A form that asks for a list anew: one select or input a filter, remembered in the address. */
function filters(view, known, chosen) {
  const fields = known.flatMap(({name, label, words}) => {
    const field = words
        ? h('select', {id: name, name}, h('option', {value: ''}, 'all'), words.map((it) => h('option', {value: it}, it)))
        : h('input', {id: name, name, autocomplete: 'off', spellcheck: 'false'});
    field.value = chosen.get(name) ?? '';
    return [h('label', {for: name}, label), field];
  });
  return h('form', {onsubmit: (event) => {
    event.preventDefault();
    const given = [...new FormData(event.target)].filter(([, value]) => value !== '');
    location.hash = `#/${view}?${new URLSearchParams(given)}`;
  }}, fields, h('div', {class: 'buttons'}, h('button', {}, 'Show')));
}

const query = (chosen) => chosen.size === 0 ? '' : `?${chosen}`;

async function migrations(id, chosen) {
  if (id) {
    return migration(id);
  }
  return {title: 'Migrations', content: [
    filters('migrations', [{name: 'vm', label: 'VM'}, {name: 'host', label: 'Host'},
      {name: 'outcome', label: 'Outcome', words: OUTCOMES}], chosen),
    await list('The newest first', `/v1/migrations${query(chosen)}`,
        ['Migration', 'VM', 'From', 'To', 'Strategy', 'Phase', 'Outcome', 'Begun', 'T_ALL'],
        (it) => [migrationLink(it.id), link('vms', it.vm, it.vm), it.source, it.target, it.strategy, it.phase, it.outcome,
          it.created_at, it.t_all_ms === null ? null : milliseconds(it.t_all_ms)])]};
}

async function migration(id) {
  const path = `/v1/migrations/${encodeURIComponent(id)}`;
  const [{body: it}, {body: report}] = await Promise.all([ask(path), ask(`${path}/report`)]);
  const runs = it.t_all_ms === null;
  const progress = it.progress;
  const copied = progress === null ? null : h('p', {}, h('label', {for: 'copied'}, 'Memory copied '),
      h('progress', {id: 'copied', max: progress.bytes_total, value: progress.bytes_total - progress.bytes_remaining}),
      ` ${bytes(progress.bytes_remaining)} left, round ${progress.iteration}`);
  return {title: `VM ${it.vm} from ${it.source} to ${it.target}: ${verdict(it)}`, again: runs, content: [
    it.turn === null ? null : h('p', {}, `Waits for its turn, at position ${it.turn.position}: ${it.turn.reason}`),
    report.failure === null ? null
        : h('div', {class: 'error'}, h('p', {}, report.failure.message), h('p', {}, report.failure.remedy)),
    findings(it.findings),
    runs ? copied : null,
    runs ? h('button', {type: 'button', onclick: () => attempt(async () => {
      await ask(`${path}/cancel`, {method: 'POST'});
      say('It is being cancelled.');
      await show();
    })}, 'Cancel the migration') : null,
    h('h2', {}, 'Where the time went'), falls(report),
    report.alone.length === 0 ? null : h('ul', {}, report.alone.map((deed) => h('li', {},
        `Alone, at ${milliseconds(deed.start_ms)}: ${deed.message}`))),
    h('h2', {}, 'Figures'), figures(report, it.epoch),
  ]};
}

function falls(report) {
  const {rows, endMs} = waterfall(report);
  const {whole, body} = table('Milliseconds since the request', ['What', 'Start', 'Duration', 'When']);
  for (const it of rows) {
    const bar = h('div', {class: 'bar'});
    if (it.startMs !== null && endMs > 0) {
      const end = it.durationMs === null ? endMs : it.startMs + it.durationMs;
      bar.style.marginLeft = `${Math.min(100, 100 * it.startMs / endMs)}%`;
      bar.style.width = `${Math.max(0, 100 * (Math.min(end, endMs) - it.startMs) / endMs)}%`;
    } else {
      bar.hidden = true;
    }
    body.append(h('tr', {class: it.inner ? 'inner' : null},
        h('td', {}, it.what), h('td', {class: 'number'}, it.startMs === null ? '' : it.startMs.toFixed(1)),
        h('td', {class: 'number'}, it.durationMs === null ? '-' : it.durationMs.toFixed(1)),
        // What the bar shows stands beside it in numbers.
        h('td', {class: 'track', 'aria-hidden': 'true'}, bar)));
  }
  return whole;
}

function figures(report, epoch) {
  const forecast = report.forecast;
  const beside = (value, range) => range ? `${value}; forecast ${milliseconds(range.likely)}` : value;
  const outage = report.outage_ms;
  const lines = [
    ['Strategy', report.strategy ?? '-'],
    ['VM downtime', beside(milliseconds(report.vm_downtime_ms), forecast?.vm_downtime_ms)],
    ['Network outage, VM to peer', beside(milliseconds(outage?.vm_to_peer), forecast?.outage_ms)],
    ['Network outage, peer to VM', beside(milliseconds(outage?.peer_to_vm), forecast?.outage_ms)],
    ['Copy', beside(milliseconds(report.copy_ms), forecast?.copy_ms)],
    ['Transferred', bytes(report.bytes_transferred)],
    ['Preparation', milliseconds(report.preparation_ms)],
    ['Resume', milliseconds(report.resume_ms)],
    ['T_ALL', beside(milliseconds(report.t_all_ms), forecast?.t_all_ms)],
    ['Begun', report.created_at],
    ['Epoch', String(epoch)],
    ['Migration', report.id],
  ];
  return h('dl', {}, lines.flatMap(([what, value]) => [h('dt', {}, what), h('dd', {}, value)]));
}

function findings(all) {
  return all.length === 0 ? null : h('ul', {}, all.map((it) => h('li', {class: it.severity},
      `${it.severity}, ${it.check}: ${it.problem} ${it.remedy}`)));
}

async function vms(name, chosen) {
  if (name) {
    return vm(name);
  }
  return {title: 'VMs', content: [
    filters('vms', [{name: 'host', label: 'Host'}], chosen),
    await list('By name', `/v1/vms${query(chosen)}`, ['VM', 'Host', 'Home Address', 'Mobile Address', 'Migration'],
        (it) => [link('vms', it.name, it.name), it.host, it.hoa, it.moa, migrationLink(it.migration)])]};
}

async function vm(name) {
  const [{body: it}, hosts] = await Promise.all([ask(`/v1/vms/${encodeURIComponent(name)}`), everyHost()]);
  const outcome = h('div', {'aria-live': 'polite'});
  const wish = (event) => ({vm: name, ...Object.fromEntries(new FormData(event.target.form))});
  const begin = (event, parameters) => attempt(async () => {
    const {body} = await ask(`/v1/migrations${parameters}`,
        {method: 'POST', body: wish(event), key: crypto.randomUUID()});
    location.hash = `#/migrations/${body.id}`;
  });
  const others = hosts.filter((host) => host.name !== it.host);
  return {title: `VM ${name}`, content: [
    h('dl', {}, [['Host', it.host], ['Home Address', it.hoa], ['Mobile Address', it.moa ?? '-'], ['Domain', it.domain],
      ['UUID', it.uuid]].flatMap(([what, value]) => [h('dt', {}, what), h('dd', {}, value ?? '-')])),
    it.migration === null ? null : h('p', {}, 'It is being migrated: ', migrationLink(it.migration)),
    h('p', {}, h('a', {href: `#/migrations?vm=${encodeURIComponent(name)}`}, 'Its migrations')),
    h('h2', {}, 'Move it'),
    h('form', {onsubmit: (event) => event.preventDefault()},
        h('label', {for: 'target'}, 'To host'),
        h('select', {id: 'target', name: 'target', required: true}, others.map((host) => h('option', {value: host.name},
            `${host.name}, site ${host.site}${host.connected ? '' : ', not connected'}`))),
        h('label', {for: 'strategy'}, 'Strategy'),
        h('select', {id: 'strategy', name: 'strategy'}, STRATEGIES.map((word) => h('option', {value: word}, word))),
        h('div', {class: 'buttons'},
            h('button', {type: 'button', onclick: (event) => attempt(async () => {
              const {body} = await ask('/v1/migrations?dryRun=true', {method: 'POST', body: wish(event)});
              outcome.replaceChildren(...plan(body));
            })}, 'Only check'),
            h('button', {type: 'button', onclick: (event) => begin(event, '?rehearse=true')}, 'Rehearse'),
            h('button', {type: 'button', onclick: (event) => begin(event, '')}, 'Move'))),
    outcome]};
}

async function everyHost() {
  const hosts = [];
  for (let next = '/v1/hosts?limit=1000'; next !== null;) {
    const page = await ask(next);
    hosts.push(...page.body.items);
    next = page.next;
  }
  return hosts;
}

function plan(body) {
  const {whole, body: rows} = table('What each strategy would cost, likely',
      ['Strategy', 'Copy', 'VM downtime', 'Network outage', 'Sent', 'Against it']);
  rows.append(...body.options.map((it) => cells([it.strategy, milliseconds(it.copy_ms?.likely),
    milliseconds(it.vm_downtime_ms?.likely), milliseconds(it.outage_ms?.likely), bytes(it.bytes?.likely),
    it.against.join(' ') || '-'])));
  return [h('p', {}, body.would_go ? `It would go by ${body.strategy}.` : 'It would be refused.', ` ${body.choice ?? ''}`),
    findings(body.findings), body.options.length === 0 ? null : whole].filter((it) => it !== null);
}

async function hosts(_, chosen) {
  return {title: 'Hosts', content: [
    filters('hosts', [{name: 'site', label: 'Site'}], chosen),
    await list('By name', `/v1/hosts${query(chosen)}`, ['Host', 'Site', 'Agent', 'libvirt', 'VMs'],
        (it) => [it.name, it.site, it.connected ? 'connected' : 'NOT CONNECTED', it.libvirt_uri,
          h('a', {href: `#/vms?host=${encodeURIComponent(it.name)}`}, `VMs at ${it.name}`)]),
    h('h2', {}, 'Gateways'),
    await list('One for each site', '/v1/gateways', ['Site', 'Prefix', 'Link-local address', 'MAC'],
        (it) => [it.site, it.prefix, it.link_local, it.mac])]};
}

async function events(_, chosen) {
  return {title: 'Events', content: [
    filters('events', [{name: 'vm', label: 'VM'}, {name: 'kind', label: 'Kind'}], chosen),
    await list('The newest first', `/v1/events${query(chosen)}`, ['At', 'Kind', 'Subject', 'VM', 'Phase', 'Message'],
        (it) => [it.at, it.kind, it.subject, it.vm, it.phase, it.message])]};
}

const VIEWS = {migrations, vms, hosts, events};

function say(text) {
  document.getElementById('said').textContent = text;
}

/** Whatever goes wrong is said, and nothing else changes; without a good token another is asked for. */
async function attempt(action) {
  const problem = document.getElementById('problem');
  try {
    await action();
    problem.textContent = '';
  } catch (failure) {
    if (failure instanceof Refused && failure.status === 401) {
      token = null;
      enter();
    }
    problem.textContent = failure.message;
  }
}

/** What the address names; what changes is looked at again, also when the server was away. A later call makes an earlier one void. */
async function show(isAgain = false) {
  const mine = ++turn;
  let goesOn = isAgain;
  try {
    const [path, parameters] = (location.hash.slice(2) || 'migrations').split('?');
    const [asked, name] = path.split('/').map(decodeURIComponent);
    const view = Object.hasOwn(VIEWS, asked) ? asked : 'migrations';
    const page = await VIEWS[view](name, new URLSearchParams(parameters));
    if (mine === turn) {
      goesOn = page.again;
      draw(view, page, isAgain);
    }
  } finally {
    if (goesOn && mine === turn) {
      setTimeout(() => mine === turn && attempt(() => show(true)), LOOK_EVERY_MS);
    }
  }
}

/** Who reads or types goes on where he was when a page is drawn again. */
function draw(view, {title, content}, isAgain) {
  const focused = isAgain && main.contains(document.activeElement) ? document.activeElement.textContent : null;
  const heading = h('h1', {tabindex: -1}, title);
  main.replaceChildren(heading, ...content.flat(2).filter((it) => it !== null));
  document.title = `${title} - Godwit`;
  nav.replaceChildren(...Object.keys(VIEWS).map((it) => h('a', {href: `#/${it}`, 'aria-current': it === view && 'page'},
      it === 'vms' ? 'VMs' : it[0].toUpperCase() + it.slice(1))));
  if (!isAgain) {
    heading.focus();
  } else if (focused !== null) {
    [...main.querySelectorAll('a, button')].find((it) => it.textContent === focused)?.focus();
  }
}

function enter() {
  turn++;
  nav.hidden = true;
  leave.hidden = true;
  const field = h('input', {id: 'token', type: 'password', required: true, autocomplete: 'off', spellcheck: 'false'});
  main.replaceChildren(h('h1', {}, 'Who are you?'), h('form', {onsubmit: (event) => {
    event.preventDefault();
    token = field.value.trim();
    nav.hidden = false;
    leave.hidden = false;
    attempt(show);
  }}, h('label', {for: 'token'}, 'Token'), field, h('div', {class: 'buttons'}, h('button', {}, 'Enter'))),
  h('p', {}, 'godwit token add NAME --role viewer makes one. It is kept in this page alone and is gone with it.'));
  document.title = 'Godwit';
  field.focus();
}

leave.addEventListener('click', () => {
  token = null;
  enter();
});
// The address names the view, so this link must not change it.
document.querySelector('.skip').addEventListener('click', (event) => {
  event.preventDefault();
  main.focus();
});
window.addEventListener('hashchange', () => token !== null && attempt(show));
enter();
