// What every question to a page needs: what is seen, what it is called. Stands before the question itself.
const MOST = 12;
const words = (text) => (text || "").replace(/\s+/g, " ").trim();
const styles = new Map();
const style = (el) => styles.get(el) || (styles.set(el, getComputedStyle(el)), styles.get(el));
const box = (el) => el.getBoundingClientRect();
const parent = (el) => el.parentElement || el.getRootNode().host || null;
const lineage = (el) => { const told = []; for (let up = el; up; up = parent(up)) told.push(up); return told; };
// Whether one is in the other, or is it, also through shadow roots.
const holds = (outer, el) => { for (let up = el; up; up = parent(up)) if (up === outer) return true; return false; };
// The page and every open shadow root in it.
const roots = ((found) => {
  for (let i = 0; i < found.length; i++) for (const el of found[i].querySelectorAll("*")) if (el.shadowRoot) found.push(el.shadowRoot);
  return found;
})([document]);
const all = (selector) => roots.flatMap((root) => [...root.querySelectorAll(selector)]);
// Made invisible, or cut down to a dot for screen readers, itself or something around it.
const shut = new Map();
const unseen = (el) => {
  if (!el) return false;
  if (!shut.has(el)) {
    const s = style(el), q = box(el);
    shut.set(el, Number(s.opacity) === 0 || (q.width <= 1 && q.height <= 1 && s.overflow !== "visible")
      || /inset\((50|100)%/.test(s.clipPath) || unseen(parent(el)));
  }
  return shut.get(el);
};
const visible = (el) => {
  const r = box(el);
  if (r.width < 1 || r.height < 1 || r.right + scrollX <= 0 || r.bottom + scrollY <= 0) return false;
  return style(el).visibility === "visible" && !(el.checkVisibility && !el.checkVisibility()) && !unseen(el);
};
const byIds = (el, ids) => words(ids.split(/\s+/).map((id) => el.getRootNode().getElementById?.(id)?.textContent || "").join(" "));
const label = (el) => words(
  (el.getAttribute("aria-labelledby") && byIds(el, el.getAttribute("aria-labelledby"))) || el.getAttribute("aria-label") ||
  Array.from(el.labels || []).map((one) => one.textContent).join(" ") || el.getAttribute("title"));
const pressed = (el) => el.tagName === "INPUT" && /^(submit|button|reset)$/.test(el.type);
const slotted = (el) => words(el.innerText || (el.shadowRoot ? el.shadowRoot.textContent : ""));
const name = (el) => (label(el) || slotted(el) || (pressed(el) ? words(el.value) : "") || words(el.querySelector?.("img[alt]")?.alt)
  || words(el.getAttribute("placeholder")) || el.getAttribute("name") || el.tagName.toLowerCase()).slice(0, 80);
const fixed = (el) => lineage(el).some((up) => /fixed|sticky/.test(style(up).position));
const WAYS = "a[href], button, input[type=submit], input[type=button], input[type=image], summary, [role=button], [role=link]";
const FIELDS = "input:not([type=hidden]):not([type=submit]):not([type=button]):not([type=reset]):not([type=image]), select, textarea";
const ways = all(WAYS).filter((el) => visible(el) && !el.matches(":disabled"));
const fields = all(FIELDS).filter(visible);
const addressOf = (el) => {
  if (typeof el.href === "string" && el.href) return el.href;
  const told = el.getAttribute("formaction") || el.dataset.href || el.getAttribute("data-url")
    || (/location(?:\.href)?\s*=\s*['"]([^'"]+)['"]/.exec(el.getAttribute("onclick") || "") || [])[1];
  if (!told || el.form?.method === "post" || el.formMethod === "post") return "";
  try { return new URL(told, document.baseURI).href; } catch { return ""; }
};
const links = ways.map((el) => [name(el), addressOf(el)]).filter((one) => one[1]).slice(0, 1000);
