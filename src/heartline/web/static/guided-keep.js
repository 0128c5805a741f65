// What a phone keeps of a walk: every event is in this browser's own database before anything else is done with it, and
// is sent with the same id, in order, until the desk has answered. Used by guided.js.
// changed: what is told or how it stands is another; came: another tab of this walk told something.
window.heartlineKeep = function (walk, token, changed, came) {
  "use strict";

  const FIRST = 1000, LONGEST = 30000, MOST = 60000;
  const records = new Map();
  let base = null, lasting = true, next = 0, wait = FIRST, timer = 0, sending = false, failing = "", refused = "", over = false;
  let writing = Promise.resolve();

  // Two tabs of one walk know what each tells: so each goes on counting where the other is, and the last word is the last.
  const others = "BroadcastChannel" in window ? new BroadcastChannel("heartline-walk-" + walk) : null;
  function share(record) { if (others) others.postMessage(record); }
  if (others) others.onmessage = function (given) {
    const one = given.data, held = records.get(one.id);
    if (held) held.sent = held.sent || one.sent;
    else {
      one.written = true;  // there, or in hand here if that tab goes before it wrote
      records.set(one.id, one);
      next = Math.max(next, one.event.n + 1);
      came(one.event);
    }
    changed();
  };

  function order(a, b) { return a.event.n - b.event.n || a.event.at - b.event.at || (a.id < b.id ? -1 : 1); }
  function all() { return Array.from(records.values()).sort(order); }
  function waiting() { return all().filter(function (one) { return !one.sent; }); }

  function opened() {
    return new Promise(function (done) {
      let asked;
      try { asked = window.indexedDB.open("heartline-walks", 1); } catch (none) { done(null); return; }
      asked.onupgradeneeded = function () { asked.result.createObjectStore("told", { keyPath: "id" }).createIndex("walk", "walk"); };
      asked.onsuccess = function () { done(asked.result); };
      asked.onerror = asked.onblocked = function () { done(null); };
    });
  }

  function done(deed) { return new Promise(function (good, bad) { deed.oncomplete = good; deed.onabort = deed.onerror = bad; }); }

  async function write(record) {
    if (!base) return;
    try {
      const deed = base.transaction("told", "readwrite", { durability: "strict" });
      deed.objectStore("told").put(record);
      await done(deed);
      record.written = true;
    } catch (full) { lasting = false; }
  }

  async function load(known) {
    base = await opened();
    lasting = Boolean(base);
    if (base) {
      const found = await new Promise(function (good) {
        const asked = base.transaction("told").objectStore("told").index("walk").getAll(walk);
        asked.onsuccess = function () { good(asked.result); };
        asked.onerror = function () { lasting = false; good([]); };
      });
      found.forEach(function (one) { one.written = true; records.set(one.id, one); });
    }
    known.forEach(function (one) {
      const held = records.get(one.id);
      if (!held) records.set(one.id, { id: one.id, walk: walk, event: one.event, sent: true });
      else if (!held.sent) { held.sent = true; writing = writing.then(function () { return write(held); }); }
    });
    next = all().reduce(function (most, one) { return Math.max(most, one.event.n + 1); }, 0);
    send();
  }

  function named() {
    if (window.crypto.randomUUID) return window.crypto.randomUUID();
    const bytes = window.crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, function (one) { return one.toString(16).padStart(2, "0"); }).join("");
  }

  // body: {bytes, type} of a picture. Gives the record, and a promise that it is on this phone.
  function tell(event, body) {
    const record = { id: named(), walk: walk, sent: false, event: Object.assign({ n: next, at: Date.now() }, event) };
    if (body) record.body = body;
    next += 1;
    records.set(record.id, record);
    share(record);
    writing = writing.then(function () { return write(record); });
    writing.then(send);
    changed();
    return { record: record, written: writing };
  }

  function some() {
    const left = waiting().filter(function (one) { return one.written || !lasting; }), batch = [];
    let size = 0;
    for (const one of left) {
      if (one.body && batch.length) break;
      size += encodeURIComponent(JSON.stringify(one.event)).length;  // as a form writes it: a sign may take nine
      if (batch.length && size > MOST) break;
      batch.push(one);
      if (one.body) break;
    }
    return batch;
  }

  function post(batch) {
    const one = batch[0], left = new AbortController();
    window.setTimeout(function () { left.abort(); }, one.body ? 90000 : 20000);
    if (one.body) {
      const e = one.event;
      const told = new URLSearchParams({ walk_id: walk, id: one.id, step: e.step, n: e.n, at: e.at, sent: Date.now() });
      return fetch("/walks/photo.json?" + told, { method: "POST", body: one.body.bytes, headers: { "content-type": one.body.type, "x-token": token }, signal: left.signal });
    }
    const events = JSON.stringify(batch.map(function (held) { return { id: held.id, event: held.event }; }));
    const told = new URLSearchParams({ token: token, walk_id: walk, sent: Date.now(), events: events });
    return fetch("/walks/told.json", { method: "POST", body: told, signal: left.signal });
  }

  // The desk was started anew: its page holds the token of now.
  async function renew() {
    const given = await fetch(window.location.pathname, { cache: "no-store" });
    const page = new DOMParser().parseFromString(await given.text(), "text/html").querySelector("[data-token]");
    if (page) token = page.dataset.token;
  }

  async function send() {
    if (sending || !waiting().length) { changed(); return; }
    sending = true;
    window.clearTimeout(timer);
    try {
      for (let batch = some(); batch.length; batch = some()) {
        changed();
        let given = await post(batch);
        if (given.status === 403) { await renew(); given = await post(batch); }
        if (!given.ok) {
          const said = await given.json().catch(function () { return {}; });
          failing = given.status < 500 && said.error ? said.error.got : "the desk does not answer";
          throw new Error(String(given.status));
        }
        settle(batch, await given.json());
        await writing;
        failing = "";
        wait = FIRST;
      }
    } catch (broken) {
      failing = failing || "no network";
      timer = window.setTimeout(send, wait);
      wait = Math.min(LONGEST, wait * 2);
    }
    sending = false;
    changed();
  }

  function settle(batch, answer) {
    const taken = new Set(answer.taken);
    over = Boolean(answer.ended);
    batch.forEach(function (one) {
      const why = answer.refused[one.id];
      if (!taken.has(one.id) && !why) return;
      if (why) { refused = why; one.refused = why; }
      one.sent = true;
      share(one);
      writing = writing.then(function () { return write(one); });
    });
  }

  async function forget() {
    await writing;
    if (!base) return;
    const deed = base.transaction("told", "readwrite");
    all().forEach(function (one) { deed.objectStore("told").delete(one.id); });
    await done(deed);
  }

  function again() { wait = FIRST; send(); }
  window.addEventListener("online", again);
  window.addEventListener("offline", function () { failing = "no network"; changed(); });
  document.addEventListener("visibilitychange", function () { if (!document.hidden) again(); });
  window.addEventListener("beforeunload", function (event) { if (waiting().length) event.preventDefault(); });

  function state() { return { waiting: waiting().length, failing: failing, refused: refused, lasting: lasting, over: over }; }
  return { load: load, tell: tell, all: all, state: state, forget: forget };
};
