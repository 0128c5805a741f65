// What a visitor has before them: ways on, fields, messages, and what is wrong with them.
// Fields and buttons whose purpose is said to the eye alone.
const unlabelled = fields.filter((el) => !label(el)).map(name)
  .concat(ways.filter((el) => !label(el) && !slotted(el) && !el.querySelector("img[alt]:not([alt='']), svg title")
    && !(el.tagName === "INPUT" && (words(el.value) || words(el.alt) || el.type === "submit"))).map(name))
  .concat(all("iframe").filter((el) => visible(el) && box(el).width > 50 && box(el).height > 50 && !label(el)).map(name));

// Boxes that are ticked; those that look better than the browser's own are seen by their words.
const ticked = all("input[type=checkbox]:checked, [role=checkbox][aria-checked=true], [role=switch][aria-checked=true]")
  .filter((el) => [el, ...(el.labels || [])].some(visible) && !el.matches(":disabled"))
  .map((el) => (label(el) || slotted(el)).slice(0, 200)).filter(Boolean);

// Marked as wrong, and nothing that is tied to the field says why.
const marked = fields.filter((el) => el.getAttribute("aria-invalid") === "true");
const untied = marked.filter((el) => !["aria-errormessage", "aria-describedby"].some((one) => byIds(el, el.getAttribute(one) || "")) && !el.validationMessage);

// Words that the browser understands (HTML, "autofill detail tokens"), and fields that ask who somebody is.
const KNOWN = new Set(("on name honorific-prefix given-name additional-name family-name honorific-suffix nickname organization-title username "
  + "new-password current-password one-time-code organization street-address address-line1 address-line2 address-line3 address-level4 address-level3 "
  + "address-level2 address-level1 country country-name postal-code cc-name cc-given-name cc-additional-name cc-family-name cc-number cc-exp "
  + "cc-exp-month cc-exp-year cc-csc cc-type transaction-currency transaction-amount language bday bday-day bday-month bday-year sex url photo tel "
  + "tel-country-code tel-national tel-area-code tel-local tel-local-prefix tel-local-suffix tel-extension email impp webauthn").split(" "));
const BARE = (text) => words(text).toLowerCase().replace(/\s*[*:]+\s*$/, "").replace(/\s*\((required|optional)\)$/, "");
const EMAIL = /^(your )?e-?mail([ -](address|adresse))?$/;
const PHONE = /^(your )?(tele)?phone( number)?$|^telefon(nummer)?$|^mobile( number)?$/;
const autofill = [];
const keyboard = [];
for (const el of fields) {
  const told = words(el.getAttribute("autocomplete")).toLowerCase();
  const called = BARE(label(el));
  const asks = /^(email|tel)$/.test(el.type) || EMAIL.test(called) || PHONE.test(called);
  const last = told.split(" ").filter((one) => one !== "webauthn").pop() || "";
  if (told && last && (last === "off" ? asks : !KNOWN.has(last))) autofill.push([name(el), told.slice(0, 40)]);
  if (el.type === "text" && !el.inputMode && matchMedia("(pointer: coarse)").matches) {
    if (EMAIL.test(called)) keyboard.push([name(el), "email"]);
    if (PHONE.test(called)) keyboard.push([name(el), "tel"]);
  }
}

// A page that a finger cannot make larger; only where it is read: on a small screen.
const asked = words([...document.querySelectorAll("meta[name=viewport i]")].pop()?.content).toLowerCase();
const most = /maximum-scale\s*=\s*([\d.]+|yes|no)/.exec(asked);
const locked = /user-scalable\s*=\s*(no|0)\b/.test(asked) || (most && (most[1] === "yes" || most[1] === "no" || Number(most[1]) < 2));

// Layers over a third of the window or more, and those that shut off all the rest.
const covers = all("dialog[open], [role=dialog], [role=alertdialog], [aria-modal=true], body > *, body > * > *")
  .filter((el) => {
    if (!visible(el) || !(style(el).position === "fixed" || el.matches("dialog[open]"))) return false;
    const r = box(el);
    const w = Math.min(r.right, innerWidth) - Math.max(r.left, 0);
    const h = Math.min(r.bottom, innerHeight) - Math.max(r.top, 0);
    return w > 0 && h > 0 && ((w * h) / (innerWidth * innerHeight) > 0.3 || el.matches(":modal")) && (slotted(el) || el.contentDocument?.body?.innerText);
  });

// GET forms that only look for something: one field for words, and nothing about a person.
const searches = all("form").filter((form) => form.method === "get" && visible(form)).map((form) => {
  const parts = [...form.elements].filter((el) => el.name && !/^(hidden|submit|button|reset|image)$/.test(el.type) && el.tagName !== "BUTTON" && el.tagName !== "FIELDSET");
  const typed = parts.filter((el) => /^(text|search)$/.test(el.type));
  if (typed.length > 1 || parts.some((el) => !/^(text|search|checkbox|radio|range|number|select-one|select-multiple)$/.test(el.type))) return null;
  const told = new URLSearchParams([...new FormData(form)].filter((one) => typeof one[1] === "string" && one[0] !== typed[0]?.name));
  const to = new URL(form.getAttribute("action") || location.href, document.baseURI);
  return [typed[0] ? name(typed[0]) : slotted(form.querySelector("button")) || "form", `${to.origin}${to.pathname}`, told.toString(), typed[0]?.name || ""];
}).filter(Boolean).slice(0, MOST);

const text = words([document.body, ...roots.slice(1).flatMap((root) => [...root.children])].map((el) => el?.innerText || "").join(" "));
const state = fields.map((el) => (/checkbox|radio/.test(el.type) ? el.checked : el.type === "file" ? el.files.length : el.value)).join("\u0001")
  + all("details").map((el) => el.open).join() + (document.querySelector(":target") ? location.hash : "");
return {
  address: location.href, title: document.title, text, state, shift: window.__heartline ? window.__heartline.take() : 0,
  alerts: all("[role=alert], [aria-live=assertive], .error").filter(visible).map(slotted).filter(Boolean).slice(0, MOST),
  notes: all("[role=status], [aria-live=polite], [class*=toast i], [class*=snackbar i], [class*=notification i]").filter(visible).map(slotted)
    .filter((one) => one && one.length < 300).slice(0, MOST),
  invalid: marked.map(name).slice(0, MOST), untied: untied.map(name).slice(0, MOST),
  password: fields.some((el) => el.type === "password"),
  ways: ways.map(name).slice(0, 200), links, searches,
  unlabelled: unlabelled.slice(0, MOST), overlaps, off_screen: offScreen.slice(0, MOST), faint, unjudged, small,
  autofill: autofill.slice(0, MOST), keyboard: keyboard.slice(0, MOST),
  ticked: ticked.slice(0, MOST), no_zoom: locked && matchMedia("(pointer: coarse)").matches ? asked.slice(0, 120) : "",
  covers: covers.map((el) => words(slotted(el) || el.title || "a frame").slice(0, 80)).slice(0, 3),
};
