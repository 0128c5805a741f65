// What a visitor has before them: ways on, fields, messages, and what is wrong with how it is laid out.
() => {
  const MOST = 12;
  const words = (text) => (text || "").replace(/\s+/g, " ").trim();
  const styles = new Map();
  const style = (el) => styles.get(el) || (styles.set(el, getComputedStyle(el)), styles.get(el));
  const box = (el) => el.getBoundingClientRect();
  const visible = (el) => {
    const r = box(el);
    if (r.width < 1 || r.height < 1 || style(el).visibility !== "visible") return false;
    for (let up = el; up; up = up.parentElement) if (Number(style(up).opacity) === 0) return false;
    return !(el.checkVisibility && !el.checkVisibility());
  };
  const byIds = (ids) => words(ids.split(/\s+/).map((id) => document.getElementById(id)?.textContent || "").join(" "));
  const label = (el) => words(
    (el.getAttribute("aria-labelledby") && byIds(el.getAttribute("aria-labelledby"))) || el.getAttribute("aria-label") ||
    Array.from(el.labels || []).map((one) => one.textContent).join(" ") || el.getAttribute("title"));
  const name = (el) => (label(el) || words(el.innerText) || words(el.value && el.type !== "password" && el.tagName === "INPUT"
    && /^(submit|button|reset)$/.test(el.type) ? el.value : "") || words(el.querySelector?.("img[alt]")?.alt)
    || words(el.getAttribute("placeholder")) || el.getAttribute("name") || el.tagName.toLowerCase()).slice(0, 80);
  const fixed = (el) => {
    for (let up = el; up; up = up.parentElement) if (/fixed|sticky/.test(style(up).position)) return true;
    return false;
  };

  const WAYS = "a[href], button, input[type=submit], input[type=button], input[type=image], summary, [role=button], [role=link]";
  const FIELDS = "input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=reset]):not([type=image]), select, textarea";
  const ways = [...document.querySelectorAll(WAYS)].filter((el) => visible(el) && !el.disabled);
  const fields = [...document.querySelectorAll(FIELDS)].filter(visible);

  // Fields and buttons whose purpose is said to the eye alone.
  const unlabelled = fields.filter((el) => !label(el)).map(name)
    .concat(ways.filter((el) => !label(el) && !words(el.innerText) && !el.querySelector("img[alt]:not([alt='']), svg title")
      && !(el.tagName === "INPUT" && (words(el.value) || words(el.alt) || el.type === "submit"))).map(name));

  // Ways and fields that lie on each other; what is fixed to the window can be scrolled away from under it.
  const touch = [...ways, ...fields].filter((el) => !fixed(el)).slice(0, 400);
  const overlaps = [];
  for (let i = 0; i < touch.length; i++) for (let j = i + 1; j < touch.length && overlaps.length < MOST; j++) {
    const [a, b] = [touch[i], touch[j]];
    if (a.contains(b) || b.contains(a) || [...(a.labels || []), ...(b.labels || [])].some((l) => l.contains(a) && l.contains(b))) continue;
    const [p, q] = [box(a), box(b)];
    const w = Math.min(p.right, q.right) - Math.max(p.left, q.left);
    const h = Math.min(p.bottom, q.bottom) - Math.max(p.top, q.top);
    if (w > 1 && h > 1 && w * h > 0.1 * Math.min(p.width * p.height, q.width * q.height)) overlaps.push([name(a), name(b)]);
  }

  // Beyond the right edge, where the whole page has to be pushed sideways.
  const wide = document.documentElement.clientWidth;
  const pushed = document.documentElement.scrollWidth > wide + 1;
  const offScreen = pushed ? touch.filter((el) => box(el).right + scrollX > wide + 1).map(name) : [];

  // Contrast by the formula of WCAG 2; over pictures, gradients and see-through layers it is not known.
  const colour = (text) => {
    const m = /^rgba?\(([\d.]+), ([\d.]+), ([\d.]+)(?:, ([\d.]+))?\)$/.exec(text);
    return m && [Number(m[1]), Number(m[2]), Number(m[3]), m[4] === undefined ? 1 : Number(m[4])];
  };
  const over = (top, under) => [0, 1, 2].map((i) => top[i] * top[3] + under[i] * (1 - top[3]));
  const light = (c) => {
    const [r, g, b] = c.map((v) => (v / 255 <= 0.04045 ? v / 255 / 12.92 : ((v / 255 + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const behind = (el) => {
    const layers = [];
    for (let up = el; up; up = up.parentElement) {
      const s = style(up);
      const c = colour(s.backgroundColor);
      if (!c || s.backgroundImage !== "none" || Number(s.opacity) < 1 || s.filter !== "none" || s.mixBlendMode !== "normal") return null;
      layers.push(c);
      if (c[3] === 1) break;
    }
    return layers.reverse().reduce((under, top) => over(top, under), [255, 255, 255]);
  };
  const faint = [];
  const told = new Set();
  for (const el of document.body ? document.body.querySelectorAll("*") : []) {
    if (faint.length >= MOST) break;
    const own = words([...el.childNodes].filter((n) => n.nodeType === 3).map((n) => n.data).join(" "));
    if (!own || told.has(own) || /^(SCRIPT|STYLE|NOSCRIPT|OPTION)$/.test(el.tagName)) continue;
    if (el.closest("[disabled], [aria-disabled=true], [aria-hidden=true]") || !visible(el)) continue;
    const under = behind(el);
    const ink = under && colour(style(el).color);
    if (!ink) continue;
    const [hi, lo] = [light(over(ink, under)), light(under)].sort((a, b) => b - a);
    const ratio = (hi + 0.05) / (lo + 0.05);
    const size = parseFloat(style(el).fontSize);
    const wanted = size >= 24 || (size >= 18.66 && Number(style(el).fontWeight) >= 700) ? 3 : 4.5;
    if (ratio < wanted - 0.005) { told.add(own); faint.push([own.slice(0, 60), Math.round(ratio * 100) / 100, wanted]); }
  }

  // Layers over a third of the window or more that came without being asked for.
  const covers = [...document.querySelectorAll("dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true], body > *, body > * > *")]
    .filter((el) => {
      if (!visible(el) || !(style(el).position === "fixed" || el.matches("dialog[open]"))) return false;
      const r = box(el);
      const w = Math.min(r.right, innerWidth) - Math.max(r.left, 0);
      const h = Math.min(r.bottom, innerHeight) - Math.max(r.top, 0);
      return w > 0 && h > 0 && (w * h) / (innerWidth * innerHeight) > 0.3 && words(el.innerText);
    });

  const text = words(document.body ? document.body.innerText : "");
  const state = fields.map((el) => (/checkbox|radio/.test(el.type) ? el.checked : el.value)).join("\u0001")
    + [...document.querySelectorAll("details")].map((el) => el.open).join() + (document.querySelector(":target") ? location.hash : "");
  const addressOf = (el) => {
    if (el.href) return el.href;
    const told = el.getAttribute("formaction") || el.dataset.href || el.getAttribute("data-url")
      || (/location(?:\.href)?\s*=\s*['"]([^'"]+)['"]/.exec(el.getAttribute("onclick") || "") || [])[1];
    if (!told || el.form?.method === "post" || el.formMethod === "post") return "";
    try { return new URL(told, document.baseURI).href; } catch { return ""; }
  };
  const shift = window.__heartline ? window.__heartline.take() : 0;
  return {
    address: location.href, title: document.title, text, state, shift,
    alerts: [...document.querySelectorAll("[role=alert], [aria-live=assertive], .error")].filter(visible).map((el) => words(el.innerText)).filter(Boolean).slice(0, MOST),
    invalid: fields.filter((el) => el.getAttribute("aria-invalid") === "true").map(name).slice(0, MOST),
    password: fields.some((el) => el.type === "password"),
    ways: ways.map(name).slice(0, 200),
    links: ways.map((el) => [name(el), addressOf(el)]).filter((one) => one[1]).slice(0, 1000),
    unlabelled: unlabelled.slice(0, MOST), overlaps, off_screen: offScreen.slice(0, MOST), faint,
    covers: covers.map((el) => words(el.innerText).slice(0, 80)).slice(0, 3),
  };
}
