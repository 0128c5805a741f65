// A room as it goes on: sends turns and taps, shows the room as it stands. What the server has not answered is kept
// in this browser and sent again, with the same id, until it has.
(function () {
  "use strict";

  const place = document.querySelector(".room");
  const id = place.dataset.room;
  const hosts = place.dataset.hosts.split("\n");
  const opened = Number(place.dataset.opened);
  const store = "heartline-room-" + id;
  const line = document.getElementById("line");
  const turns = document.getElementById("turns");
  const people = document.getElementById("people");
  const box = document.getElementById("suggestion");
  const points = [];
  let waiting = JSON.parse(window.localStorage.getItem(store) || "[]");
  let socket = null, wait = 250, chosen = "", shown = "";

  function now() { return Math.max(0, (Date.now() - opened) / 1000); }
  function clock(s) { return Math.floor(s / 60) + ":" + String(Math.floor(s % 60)).padStart(2, "0"); }
  function keep() { window.localStorage.setItem(store, JSON.stringify(waiting)); }

  function put(event) {
    event.id = window.crypto.randomUUID();
    waiting.push(event);
    keep();
    if (socket && socket.readyState === 1) socket.send(JSON.stringify(event));
    told();
  }

  function told() {
    const open = socket && socket.readyState === 1;
    line.textContent = open ? (waiting.length ? waiting.length + " on the way" : "Live") : "Not connected; " + (waiting.length ? waiting.length + " kept here, sent" : "what you say is kept here and sent") + " when it is back";
    line.classList.toggle("off", !open);
  }

  function connect() {
    socket = new WebSocket((window.location.protocol === "https:" ? "wss://" : "ws://") + window.location.host + "/room/" + id);
    socket.onopen = function () { wait = 250; waiting.forEach(function (event) { socket.send(JSON.stringify(event)); }); told(); };
    socket.onclose = function (event) {
      told();
      if (event.code === 4404) { line.textContent = "This room is gone."; return; }
      window.setTimeout(connect, wait);
      wait = Math.min(8000, wait * 2);
    };
    socket.onmessage = function (message) { take(JSON.parse(message.data)); };
  }

  function take(told_) {
    if (told_.hello) {
      points.length = 0;
      turns.replaceChildren();
      told_.hello.said.forEach(function (said, at) { said.number = at + 1; add(said); });
      show(told_.hello.room);
    } else {
      waiting = waiting.filter(function (event) { return event.id !== told_.ref; });
      keep();
      if (told_.error) { line.textContent = told_.error.got + " (" + told_.error.expected + ")"; return; }
      if (told_.said) add(told_.said);
      show(told_.room);
    }
    told();
  }

  function add(said) {
    let item = turns.querySelector("[data-number='" + said.number + "']");
    if (!item) { item = document.createElement("li"); item.dataset.number = said.number; turns.prepend(item); }
    const who = document.createElement("b"), at = document.createElement("span");
    at.className = "clock";
    at.textContent = clock(said.begin);
    who.textContent = said.speaker;
    item.replaceChildren(at, " ", who, " " + said.text);
    item.className = said.host ? "host" : "";
    points[said.number - 1] = said;
  }

  function show(room) {
    room.attendees.forEach(person);
    const suggestion = room.suggestion;
    box.hidden = !suggestion;
    document.getElementById("silence").hidden = Boolean(suggestion);
    if (suggestion) {
      const text = suggestion.kind + suggestion.about + suggestion.quote;
      if (text !== shown) {
        shown = text;
        box.querySelector(".says").textContent = suggestion.says;
        box.querySelector(".why").textContent = suggestion.reason;
        box.querySelector("q").textContent = suggestion.quote;
        box.querySelector("q").hidden = !suggestion.quote;
        box.dataset.kind = suggestion.kind;
      }
    } else { shown = ""; }
    const m = room.measures, facts = [];
    if (m.talk_share !== null) facts.push(Math.round(100 * m.talk_share) + " % of the talk is yours");
    if (m.monologue >= 20) facts.push(Math.round(m.monologue) + " s without a word of theirs");
    if (m.rapport !== null) facts.push("rapport " + m.rapport.toFixed(2));
    if (m.momentum !== null && Math.abs(m.momentum) >= 0.05) facts.push(m.momentum > 0 ? "mood rising" : "mood falling");
    if (m.interruptions) facts.push("cut in " + m.interruptions + " times");
    document.getElementById("measures").replaceChildren.apply(document.getElementById("measures"), facts.map(function (text) { const one = document.createElement("span"); one.textContent = text; return one; }));
    draw();
  }

  function words(one) {
    const said = [];
    said.push(one.mood === null ? "mood not known" : one.mood > 0.2 ? "glad" : one.mood < -0.2 ? "displeased" : "neither glad nor displeased");
    if (one.confusion >= 0.4) said.push("cannot follow");
    if (one.engagement <= 0.3) said.push("losing interest"); else if (one.engagement >= 0.7) said.push("engaged");
    if (one.question) said.push("asked: “" + one.question + "”");
    if (one.objection) said.push("open: “" + one.objection + "”");
    if (one.wants_to_speak) said.push("wants to speak");
    return said.join(" · ");
  }

  function person(one) {
    let label = Array.from(people.children).find(function (child) { return child.dataset.name === one.name; });
    if (!label) {
      label = document.createElement("label");
      label.dataset.name = one.name;
      const radio = document.createElement("input"), name = document.createElement("b"), text = document.createElement("span");
      radio.type = "radio"; radio.name = "who"; radio.value = one.name;
      radio.addEventListener("change", function () { chosen = one.name; });
      name.textContent = one.name;
      label.append(radio, name, text);
      people.append(label);
      const option = document.createElement("option");
      option.value = one.name;
      document.getElementById("names").append(option);
      if (!chosen) { radio.checked = true; chosen = one.name; }
    }
    label.lastChild.textContent = words(one);
    label.dataset.tone = one.mood === null ? "" : one.mood > 0.2 ? "good" : one.mood < -0.2 ? "bad" : "plain";
  }

  function draw() {
    const svg = document.getElementById("mood");
    const known = points.filter(function (p) { return p && p.mood !== null; });
    const end = Math.max(60, known.length ? known[known.length - 1].end : 60);
    const parts = [["line", { x1: 0, x2: 600, y1: 45, y2: 45, class: "zero" }]];
    points.forEach(function (p) { if (p) parts.push(["rect", { x: 600 * p.begin / end, width: Math.max(1, 600 * (p.end - p.begin) / end), y: p.host ? 84 : 78, height: 5, class: p.host ? "host" : "them" }]); });
    if (known.length) parts.push(["polyline", { points: known.map(function (p) { return (600 * p.end / end).toFixed(1) + "," + (40 - 36 * p.mood).toFixed(1); }).join(" ") }]);
    svg.replaceChildren.apply(svg, parts.map(function (part) {
      const made = document.createElementNS("http://www.w3.org/2000/svg", part[0]);
      for (const [key, value] of Object.entries(part[1])) made.setAttribute(key, value);
      return made;
    }));
  }

  box.querySelector("button").addEventListener("click", function () { put({ dismiss: box.dataset.kind }); });
  document.querySelectorAll(".taps button").forEach(function (button) {
    button.addEventListener("click", function () {
      if (!chosen) { line.textContent = "Nobody to tap yet: say or type somebody's words first."; return; }
      put({ tap: { at: now(), who: chosen, gesture: button.dataset.gesture } });
      button.classList.add("done");
      window.setTimeout(function () { button.classList.remove("done"); }, 300);
    });
  });
  document.getElementById("say").addEventListener("submit", function (event) {
    event.preventDefault();
    const form = event.target, text = form.elements.text.value.trim(), end = now();
    if (!text) return;
    put({ turn: { speaker: form.elements.speaker.value.trim(), begin: Math.max(0, end - text.split(/\s+/).length / 2.5), end: end, text: text } });
    form.elements.text.value = "";
    form.elements.text.focus();
  });
  document.getElementById("say").elements.speaker.value = hosts[0];
  connect();
})();
