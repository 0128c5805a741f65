// The page of a guided walk: one step at a time. It shows what was told (guided-keep.js holds it) and tells more.
(function () {
  "use strict";

  const place = document.querySelector(".go");
  const walk = place.dataset.walk;
  const over = place.dataset.over === "1";
  const line = document.getElementById("line");
  const steps = Array.from(document.querySelectorAll(".step"));
  const draft = "heartline-walk-" + walk + "-";
  const cache = "heartline-walk";
  const keep = window.heartlineKeep(walk, place.dataset.token, changed, came);
  const typing = new Set();  // fields with words that were not told yet
  let loaded = false, shown = "", looking = 0, leaving = false, closed = false, drawing = 0;

  function part(id) { return document.getElementById(id); }

  // What was told, put together. The desk does the same, more carefully, with its own clock.

  function now() {
    const made = { at: 0, begun: 0, rested: 0, since: 0, first: 0, restedAll: 0, ended: false, steps: steps.map(function () { return { outcome: "", photo: null }; }) };
    keep.all().forEach(function (one) {
      if (one.refused) return;
      const e = one.event, step = e.step ? made.steps[e.step - 1] : null;
      made.first = made.first || e.at;
      if (made.since && ["resumed", "begin", "done", "failed", "ended"].includes(e.do)) {
        made.rested += e.at - made.since; made.restedAll += e.at - made.since; made.since = 0;
      }
      if (e.do === "begin") { made.at = e.step; made.begun = e.at; made.rested = 0; step.outcome = ""; }
      else if (e.do === "done" || e.do === "failed") step.outcome = e.do;
      else if (e.do === "felt") step.valence = e.valence;
      else if (e.do === "named") step.feelings = e.feelings;
      else if (e.do === "noted") step.note = e.text;
      else if (e.do === "answered") step.answer = e.text;
      else if (e.do === "pictured") step.photo = one.body || e.photo ? one : null;
      else if (e.do === "paused") made.since = made.since || e.at;
      else if (e.do === "ended") made.ended = true;
    });
    return made;
  }

  // Showing

  function changed() {
    if (!loaded) return;
    const told = keep.state();
    let text = told.waiting ? (told.failing ? told.waiting + " kept on this phone, will be sent" : told.waiting + " on the way") : "All is at the desk";
    if (told.waiting && told.failing && told.failing !== "no network") text += " (" + told.failing + ")";
    if (told.refused) text += " · not taken: " + told.refused;
    if (!told.lasting) text += " · this browser keeps nothing: stay on this page until all is sent";
    line.setAttribute("aria-live", told.failing || told.refused || !told.lasting ? "polite" : "off");  // not after every tap
    if (line.textContent !== text) line.textContent = text;
    line.classList.toggle("off", Boolean(told.waiting && told.failing));
    line.hidden = over && !told.waiting;
    if (over) { if (shown === "drain" && !told.waiting) leave(); return; }
    show(now());
    if (told.over && !closed) { closed = true; flush(); return changed(); }  // it may have been ended elsewhere
    if ((now().ended || told.over) && !told.waiting && !drawing) leave();
  }

  function came(event) { if (loaded && !over && event.step) fill(steps[event.step - 1], true); }

  function show(made) {
    const asked = made.at === steps.length && made.steps[made.at - 1].outcome;
    let view = "step-" + (looking || made.at);
    if (made.ended) view = "sent";
    else if (!made.at) view = "start";
    else if (made.since) view = "rest";
    else if (asked && !looking) view = "last";
    const kind = view.split("-")[0];
    document.querySelectorAll("[data-view]").forEach(function (one) { one.hidden = !one.dataset.view.split(" ").includes(kind); });
    steps.forEach(function (one) { one.hidden = view !== one.id; });
    part("back").hidden = (looking || made.at) < 2 && !asked;
    part("back").disabled = looking === 1;
    const back = looking && (looking !== made.at || asked);
    part("deeds").hidden = Boolean(back) || view === "last";
    part("return").hidden = !back;
    part("return").textContent = asked ? "Go on" : "Go on with step " + made.at;
    if (view.startsWith("step-")) {
      const number = looking || made.at;
      part("where").textContent = "Step " + number + " of " + steps.length;
      part("part").value = made.steps.filter(function (one) { return one.outcome; }).length;
    }
    tick();
    if (view !== shown) {
      const first = !shown;
      shown = view;
      window.scrollTo(0, 0);
      const head = document.querySelector("[data-view='" + view + "'] h2, #" + view + " h2");
      if (head && !first) head.focus({ preventScroll: true });
    }
  }

  function clock(ms) {
    const s = Math.max(0, Math.floor(ms / 1000));
    return Math.floor(s / 60) + ":" + String(s % 60).padStart(2, "0");
  }

  function tick() {
    const made = now(), at = made.at ? steps[made.at - 1] : null;
    if (!at || made.ended) return;
    const until = made.since || Date.now(), spent = until - made.begun - made.rested;
    const outcome = made.steps[made.at - 1].outcome;
    part("timer").textContent = outcome || looking && looking !== made.at ? "" : clock(spent);
    const enough = at.querySelector(".enough");
    if (enough) enough.hidden = Boolean(outcome) || spent < 60000 * Number(enough.dataset.minutes);
    part("late").hidden = until - made.first - made.restedAll < 60000 * Number(place.dataset.minutes);
  }

  // A picture is drawn anew, at most 1600 points a side: what a camera writes into it (place, time) stays here.
  async function drawn(file) {
    const image = await createImageBitmap(file, { imageOrientation: "from-image" });
    const scale = Math.min(1, 1600 / Math.max(image.width, image.height));
    const canvas = document.createElement("canvas");
    canvas.width = Math.max(1, Math.round(image.width * scale));
    canvas.height = Math.max(1, Math.round(image.height * scale));
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    const blob = await new Promise(function (good) { canvas.toBlob(good, "image/jpeg", 0.82); });
    return { bytes: await blob.arrayBuffer(), type: blob.type };
  }

  function picture(step, record) {
    const shownAt = step.querySelector("figure"), image = shownAt.querySelector("img");
    if (image.src.startsWith("blob:")) URL.revokeObjectURL(image.src);
    shownAt.hidden = !record;
    if (!record) image.removeAttribute("src");
    else image.src = record.body ? URL.createObjectURL(new Blob([record.body.bytes], { type: record.body.type })) : "/walks/photo/" + walk + "/" + record.event.photo;
  }

  // Telling

  function of(step) { return Number(step.dataset.step); }
  function stored(key, value) {
    try {
      if (value === undefined) return window.localStorage.getItem(draft + key);
      if (value === null) window.localStorage.removeItem(draft + key); else window.localStorage.setItem(draft + key, value);
    } catch (refused) { /* not remembered while it is typed */ }
    return null;
  }

  // A text is told when the finger leaves it or rests; until it is kept as told, it is remembered as it is typed.
  function text(step, field, verb) {
    const known = now().steps[of(step) - 1][verb === "noted" ? "note" : "answer"] || "";
    const typed = field.value, key = verb + of(step);
    function settled() { if (keep.state().lasting && stored(key) === typed) stored(key, null); }  // a full phone wrote nothing
    typing.delete(field);
    if (typed.trim() === known.trim()) settled();
    else keep.tell({ do: verb, step: of(step), text: typed }).written.then(settled);
  }

  function wire(step) {
    step.querySelectorAll("input[type=radio]").forEach(function (one) {
      one.addEventListener("change", function () {
        if (one.name.startsWith("felt")) keep.tell({ do: "felt", step: of(step), valence: Number(one.value) });
        else keep.tell({ do: "answered", step: of(step), text: one.value });
      });
    });
    const names = Array.from(step.querySelectorAll("input[type=checkbox]"));
    names.forEach(function (one) {
      one.addEventListener("change", function () {
        const on = names.filter(function (each) { return each.checked; }).map(function (each) { return each.value; });
        keep.tell({ do: "named", step: of(step), feelings: on });
      });
    });
    step.querySelectorAll("textarea").forEach(function (field) {
      const verb = field.dataset.verb;
      let rest = 0;
      field.addEventListener("input", function () {
        typing.add(field);
        stored(verb + of(step), field.value);
        window.clearTimeout(rest);
        rest = window.setTimeout(function () { text(step, field, verb); }, 2000);
      });
      field.addEventListener("change", function () { window.clearTimeout(rest); text(step, field, verb); });
    });
    const camera = step.querySelector("input[type=file]"), said = step.querySelector(".camera");
    camera.addEventListener("change", async function () {
      if (!camera.files.length) return;
      said.textContent = "";
      drawing += 1;
      try {
        picture(step, keep.tell({ do: "pictured", step: of(step), photo: "" }, await drawn(camera.files[0])).record);
      } catch (broken) { said.textContent = "This picture cannot be read here; take another."; }
      drawing -= 1;
      camera.value = "";
      changed();
    });
    step.querySelector("figure button").addEventListener("click", function () {
      keep.tell({ do: "pictured", step: of(step), photo: "" });
      picture(step, null);
    });
  }

  // Once, from what was told: from then on the fields themselves hold what they hold. again: another tab told more.
  function fill(step, again) {
    const told = now().steps[of(step) - 1];
    step.querySelectorAll("input[type=radio]").forEach(function (one) {
      one.checked = one.name.startsWith("felt") ? told.valence === Number(one.value) : told.answer === one.value;
    });
    step.querySelectorAll("input[type=checkbox]").forEach(function (one) { one.checked = (told.feelings || []).includes(one.value); });
    step.querySelectorAll("textarea").forEach(function (field) {
      if (again && typing.has(field)) return;
      const typed = again ? null : stored(field.dataset.verb + of(step));
      field.value = typed !== null ? typed : (field.dataset.verb === "noted" ? told.note : told.answer) || "";
      if (typed !== null) text(step, field, field.dataset.verb);
    });
    picture(step, told.photo);
  }

  function flush() {
    steps.forEach(function (step) {
      step.querySelectorAll("textarea").forEach(function (field) { text(step, field, field.dataset.verb); });
    });
  }

  function on(id, deed) { part(id).addEventListener("click", deed); }
  function over_(how) { return function () { flush(); looking = 0; keep.tell({ do: "ended", how: how }); }; }
  function finish(verb) {
    return function () {
      flush();
      const at = now().at;
      keep.tell({ do: verb, step: at });
      looking = 0;
      if (at < steps.length) keep.tell({ do: "begin", step: at + 1 });
    };
  }

  if (!over) {
    steps.forEach(wire);
    on("begin", function () { keep.tell({ do: "begin", step: 1 }); if (navigator.storage && navigator.storage.persist) navigator.storage.persist(); });
    on("done", finish("done"));
    on("failed", finish("failed"));
    on("back", function () { flush(); const made = now(), asked = made.steps[made.at - 1].outcome; looking = looking ? looking - 1 : asked ? made.at : made.at - 1; changed(); });
    on("return", function () { flush(); looking = 0; changed(); });
    on("pause", function () { flush(); keep.tell({ do: "paused" }); });
    on("resume", function () { keep.tell({ do: "resumed" }); });
    document.querySelectorAll("[data-how]").forEach(function (one) { one.addEventListener("click", over_(one.dataset.how)); });
    document.addEventListener("visibilitychange", function () { if (document.hidden) flush(); });
    window.setInterval(tick, 1000);
  }

  // Without a network: the page itself is kept, where the browser allows it.

  async function keepPage() {
    const able = window.isSecureContext && "serviceWorker" in navigator && "caches" in window;
    if (!over) part("insecure").hidden = able;
    if (!able) return;
    const held = await caches.open(cache);
    if (over) { await held.delete(window.location.pathname); return; }
    await navigator.serviceWorker.register("/walks/worker.js", { scope: "/walks/go/" });
    const own = Array.from(document.querySelectorAll("link[rel=stylesheet], link[rel=icon], script[src]"), function (one) { return one.href || one.src; });
    await held.addAll([window.location.pathname].concat(own));
    place.dataset.kept = "1";
  }

  async function leave() {
    if (leaving) return;
    leaving = true;
    await keep.forget();
    steps.forEach(function (step) { stored("noted" + of(step), null); stored("answered" + of(step), null); });
    if ("caches" in window) await (await caches.open(cache)).delete(window.location.pathname);
    window.location.reload();
  }

  keep.load(JSON.parse(place.dataset.events)).then(function () {
    loaded = true;
    if (over && keep.state().waiting) shown = "drain";
    if (!over) { steps.forEach(function (step) { fill(step, false); }); looking = 0; }
    changed();
  });
  keepPage().catch(function () { /* offline now: it was kept before, or it is not */ });
})();
