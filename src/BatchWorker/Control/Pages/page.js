// The page works on what the server renders: links and filters are fetched with the key, which stays in this variable and nowhere else.
'use strict';
let key = '';
let paused = false;
let at = -1;
const every = 10000;
const find = (selector, within = document) => within.querySelector(selector);
const headers = more => key ? { ...more, Authorization: 'Bearer ' + key } : { ...more };

function say(text) {
  find('#said').textContent = text;
  clearTimeout(say.timer);
  say.timer = setTimeout(() => { find('#said').textContent = ''; }, 8000);
}

async function show(url, push) {
  const answer = await fetch(url, { headers: headers({ Accept: 'text/html' }) });
  if (!(answer.headers.get('Content-Type') || '').startsWith('text/html')) {
    say((await answer.json()).detail);
    return false;
  }
  const page = new DOMParser().parseFromString(await answer.text(), 'text/html');
  document.title = page.title;
  find('header').replaceWith(find('header', page));
  find('main').replaceWith(find('main', page));
  if (push) {
    history.pushState(null, '', answer.url);
    at = -1;
    find('h1')?.focus();
  }
  mark();
  return answer.ok;
}

async function call(method, url, body) {
  const answer = await fetch(url, { method, headers: headers({ 'Content-Type': 'application/json' }), body: body === undefined ? undefined : JSON.stringify(body) });
  const told = await answer.json();
  if (!answer.ok) {
    throw new Error(told.detail || told.title);
  }
  return told;
}

function ask(lines, danger) {
  const dialog = find('#ask');
  find('p', dialog).textContent = lines[0];
  find('ul', dialog).replaceChildren(...lines.slice(1).map(line => Object.assign(document.createElement('li'), { textContent: line })));
  find('button[value=yes]', dialog).className = danger ? 'danger' : '';
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise(done => dialog.addEventListener('close', () => done(dialog.returnValue === 'yes'), { once: true }));
}

const about = cost => cost ? `, about $${cost.expected}` : '';
const plan = told => [
  `${told.jobs} jobs would be sent in ${told.batches.length} batches${about(told.cost)}. Send them?`,
  ...told.batches.map(batch => `${batch.job_count} jobs to ${batch.provider}, ${batch.model} (${batch.job_type})${about(batch.cost)}`),
  ...told.held.map(held => `${held.jobs} jobs of ${held.lane} stay: ${held.reason}`)];

// What a button does stands on it: data-call "METHOD /path", data-body, data-confirm; data-try asks with dry_run first and shows the answer.
async function act(button) {
  const [method, url] = button.dataset.call.split(' ');
  const body = button.form && button.dataset.form ? { filter: filterOf(button.form) } : button.dataset.body ? JSON.parse(button.dataset.body) : undefined;
  try {
    const tried = button.dataset.try && await call(method, url, { ...body, dry_run: true });
    const lines = tried ? (tried.batches ? plan(tried) : [button.dataset.confirm, `${tried.matched} jobs match.`]) : [button.dataset.confirm];
    if (button.dataset.confirm && !await ask(lines, button.classList.contains('danger'))) {
      return;
    }
    const told = await call(method, url, body);
    say(told.changed === undefined ? 'Done.' : `${told.changed} jobs changed.`);
    await show(location.href, false);
  } catch (failure) {
    say(failure.message);
  }
}

const filterOf = form => Object.fromEntries([...new FormData(form)].filter(([, value]) => value !== ''));

async function save(link) {
  const answer = await fetch(link.href, { headers: headers({ Accept: link.dataset.save }) });
  const url = URL.createObjectURL(await answer.blob());
  Object.assign(document.createElement('a'), { href: url, download: link.dataset.name }).click();
  URL.revokeObjectURL(url);
}

const rows = () => [...document.querySelectorAll('main tbody tr')].filter(row => find('a', row));

function mark() {
  rows().forEach((row, i) => row.classList.toggle('at', i === at));
  rows()[at]?.scrollIntoView({ block: 'nearest' });
  const pause = find('#pause');
  if (pause) {
    pause.textContent = paused ? 'Go on' : 'Pause';
    pause.setAttribute('aria-pressed', paused);
  }
}

const keys = {
  '/': () => find('input[type=search]')?.focus(),
  j: () => { at = Math.min(at + 1, rows().length - 1); mark(); },
  k: () => { at = Math.max(at - 1, 0); mark(); },
  Enter: () => find('a', rows()[at])?.click(),
  p: () => { paused = !paused; mark(); },
  r: () => show(location.href, false),
};

document.addEventListener('click', event => {
  const button = event.target.closest('button[data-call]');
  const link = event.target.closest('a[href^="/batch/dashboard"]');
  const download = event.target.closest('a[data-save]');
  if (button) {
    event.preventDefault();
    act(button);
  } else if (download) {
    event.preventDefault();
    save(download);
  } else if (event.target.id === 'pause') {
    keys.p();
  } else if (link && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
    event.preventDefault();
    show(link.href, true);
  }
});

document.addEventListener('submit', async event => {
  const form = event.target;
  if (form.method === 'dialog') {
    return;
  }
  event.preventDefault();
  if (form.id === 'login') {
    key = find('input', form).value.trim();
    form.reset();
    if (!await show(location.href, false)) {
      key = '';
    }
  } else if (form.method === 'get') {
    show(form.getAttribute('action') + '?' + new URLSearchParams(filterOf(form)), true);
  } else if (form.dataset.resolve) {
    const id = find('input', form).value.trim();
    if (await ask([id ? `Is ${id} this batch at its provider?` : 'Is it certain that its provider does not have this batch?'], true)) {
      call('POST', form.dataset.resolve, id ? { provider_batch_id: id } : { absent: true }).then(() => show(location.href, false), failure => say(failure.message));
    }
  }
});

document.addEventListener('keydown', event => {
  const typing = event.target.matches('input,select,textarea') || find('#ask').open;
  if (!typing && !event.ctrlKey && !event.metaKey && !event.altKey && keys[event.key] && !(event.key === 'Enter' && at < 0)) {
    event.preventDefault();
    keys[event.key]();
  } else if (event.key === 'Escape' && event.target.matches('input')) {
    event.target.blur();
  }
});

addEventListener('popstate', () => show(location.href, false));

setInterval(() => {
  document.querySelectorAll('[data-due]').forEach(element => {
    const left = Math.max(0, Math.floor((Date.parse(element.dataset.due) - Date.now()) / 1000));
    element.textContent = `in ${[left / 3600, left / 60 % 60, left % 60].map(part => String(Math.floor(part)).padStart(2, "0")).join(":")}`;
  });
}, 1000);

setInterval(() => {
  const busy = paused || document.hidden || find('#ask').open || find('#login') || document.activeElement?.matches('input,select') || String(getSelection());
  if (!busy && find('main').dataset.live !== undefined) {
    show(location.href, false).catch(() => say('The daemon does not answer.'));
  }
}, every);

mark();
