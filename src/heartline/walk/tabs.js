// Remembers where the Tab key comes to: place among what can be reached, -1 where it leaves the page.
const reach = all("a[href], button, input:not([type=hidden]), select, textarea, summary, iframe, [tabindex], [contenteditable]")
  .filter((el) => visible(el) && el.tabIndex >= 0 && !el.matches(":disabled") && !el.closest("[inert]")
    && !(el.type === "radio" && el.name && !el.checked)); // of a group of radio buttons, Tab comes to one
const held = document.querySelector("dialog[open], [aria-modal=true]");
const seen = [];
const at = () => {
  let el = document.activeElement;
  while (el?.shadowRoot?.activeElement) el = el.shadowRoot.activeElement;
  return reach.indexOf(el);
};
document.activeElement?.blur?.();
addEventListener("focusin", () => seen.push(at()), true);
addEventListener("focusout", (event) => { if (!event.relatedTarget) seen.push(-1); }, true);
window.__heartlineTabs = { seen, names: reach.map(name), at, to: (place) => reach[place].focus() };
return held || all("iframe").some(visible) ? 0 : reach.length; // what happens in a frame is not heard here
