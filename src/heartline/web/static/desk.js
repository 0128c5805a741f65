// What the desk does in the browser: draw charts, switch themes, keys, copy. Everything else works without it.
(function () {
  "use strict";

  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const still = window.matchMedia("(prefers-reduced-motion: reduce)");
  const locale = { decimal: ".", thousands: "\u202f", grouping: [3], currency: ["", ""], minus: "\u2212" };

  function theme() {
    return document.documentElement.dataset.theme || (dark.matches ? "dark" : "light");
  }

  // Charts

  let library = null;
  function loadLibrary() {
    library = library || new Promise(function (done, failed) {
      const script = document.createElement("script");
      script.src = document.body.dataset.vega;
      script.onload = done;
      script.onerror = failed;
      document.head.append(script);
    });
    return library;
  }

  // The tooltip's place is set through the style object, which a strict policy allows; its looks are in desk.css.
  function tooltip() {
    let box = document.querySelector(".tip");
    if (!box) {
      box = document.createElement("div");
      box.className = "tip";
      box.setAttribute("role", "tooltip");
      document.body.append(box);
    }
    return function (handler, event, item, value) {
      if (value === null || value === undefined || value === "") { box.classList.remove("on"); return; }
      box.replaceChildren();
      const pairs = typeof value === "object" ? Object.entries(value) : [["", value]];
      for (const [name, text] of pairs) {
        const line = document.createElement("div");
        const label = document.createElement("span");
        const shown = document.createElement("b");
        label.textContent = name;
        shown.textContent = text === null || text === "null" || text === "NaN" ? "not known" : String(text);
        line.append(label, shown);
        box.append(line);
      }
      box.classList.add("on");
      const wide = box.offsetWidth, high = box.offsetHeight;
      box.style.left = Math.max(8, Math.min(event.clientX + 14, window.innerWidth - wide - 8)) + "px";
      box.style.top = Math.max(8, event.clientY + high + 22 > window.innerHeight ? event.clientY - high - 12 : event.clientY + 14) + "px";
    };
  }

  async function draw(place) {
    const address = new URL(place.dataset.chart, window.location.href);
    address.searchParams.set("theme", theme());
    try {
      const answers = await Promise.all([fetch(address), loadLibrary()]);
      if (!answers[0].ok) throw new Error(String(answers[0].status));
      const spec = await answers[0].json();
      const target = document.createElement("div");
      target.className = "drawn";
      if (place.view) place.view.finalize();
      place.replaceChildren(target);
      const made = await window.heartlineEmbed(target, spec, {
        actions: false, ast: true, renderer: "svg", defaultStyle: false, tooltip: tooltip(), formatLocale: locale,
        mode: "vega-lite", loader: { target: "_self" },
      });
      place.view = made.view;
      place.setAttribute("aria-busy", "false");
    } catch (broken) {
      place.setAttribute("aria-busy", "false");
      place.textContent = "The chart could not be drawn here; the table below holds its figures.";
      place.classList.add("failed");
    }
  }

  const places = Array.from(document.querySelectorAll(".plot[data-chart]"));
  function drawAll() { for (const place of places) if (place.seen) draw(place); }
  if (places.length && "IntersectionObserver" in window) {
    const watch = new IntersectionObserver(function (entries) {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        watch.unobserve(entry.target);
        entry.target.seen = true;
        draw(entry.target);
      }
    }, { rootMargin: "600px" });
    for (const place of places) watch.observe(place);
  }

  // Everything is drawn before it is printed.
  window.addEventListener("beforeprint", function () {
    for (const place of places) if (!place.seen) { place.seen = true; draw(place); }
  });

  // Light and dark

  const button = document.querySelector("button.theme");
  if (button) {
    button.hidden = false;
    button.addEventListener("click", function () {
      const next = theme() === "dark" ? "light" : "dark";
      document.documentElement.dataset.theme = next;
      try { localStorage.setItem("heartline-theme", next); } catch (refused) { /* not remembered */ }
      drawAll();
    });
  }
  dark.addEventListener("change", drawAll);

  // Keys: / goes to the search, arrows turn pages of a list

  document.addEventListener("keydown", function (event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const inside = event.target.closest("input, select, textarea, [contenteditable], .wide, pre");
    if (event.key === "/" && !event.target.closest("input, select, textarea")) {
      const find = document.getElementById("find");
      if (find) { event.preventDefault(); find.focus(); find.select(); }
    } else if (event.key === "Escape" && event.target.id === "find") {
      event.target.blur();
    } else if (!inside && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
      const link = document.querySelector(event.key === "ArrowRight" ? "a[rel=next]" : "a[rel=prev]");
      if (link) { event.preventDefault(); link.click(); }
    }
  });

  // Copy the SQL of a step, or a suggested reply

  for (const copy of document.querySelectorAll("button.copy")) {
    if (!navigator.clipboard) break;
    copy.hidden = false;
    copy.addEventListener("click", async function () {
      const from = copy.parentElement.querySelector("pre, textarea");
      await navigator.clipboard.writeText(from.value || from.textContent);
      copy.textContent = "Copied";
      window.setTimeout(function () { copy.textContent = "Copy"; }, still.matches ? 3000 : 1500);
    });
  }

  // Who you are is remembered in this browser, filled into every form, and into replies in place of [your name]

  const signed = document.querySelectorAll("input[name=by]");
  function sign(name) {
    for (const reply of document.querySelectorAll("textarea[data-your-name]")) {
      const before = reply.dataset.yourName || "[your name]";
      if (!name || !reply.value.includes(before)) continue;
      reply.value = reply.value.replaceAll(before, name);
      reply.dataset.yourName = name;
    }
  }
  let own = "";
  try { own = localStorage.getItem("heartline-name") || ""; } catch (refused) { /* not remembered */ }
  for (const field of signed) {
    if (!field.value) field.value = own;
    field.addEventListener("change", function () { sign(field.value.trim()); });
    field.form.addEventListener("submit", function () {
      try { localStorage.setItem("heartline-name", field.value.trim()); } catch (refused) { /* not remembered */ }
    });
  }
  sign(own);

  // Several lists of choices: choosing is enough

  for (const form of document.querySelectorAll("form.filters")) {
    for (const select of form.querySelectorAll("select")) {
      select.addEventListener("change", function () { form.requestSubmit(); });
    }
    form.addEventListener("submit", function () {
      for (const field of form.elements) if (field.name && !field.value) field.disabled = true;
    });
  }
})();
