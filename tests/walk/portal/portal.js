// A telecom's portal as one page: addresses by the history, parts by fetch, questions in dialogs, messages as toasts.
const faults = new Set(document.body.dataset.faults.split(" "));
const byId = (id) => document.getElementById(id);
const view = byId("view");
const signedIn = () => sessionStorage.signedIn === "yes";
const booked = () => sessionStorage.booked || "";
const say = (text) => { byId("note").textContent = text; setTimeout(() => { byId("note").textContent = ""; }, 4000); };
const ask = async (path, body) => {
  const told = await fetch(`/api/${path}`, body ? { method: "POST", body: JSON.stringify(body) } : {});
  return [told.status, await told.json().catch(() => ({}))];
};
const field = (id, label, type) => (faults.has("label")
  ? `<div class="f"><input id="${id}" type="${type}" placeholder="${label}" required></div>`
  : `<div class="f"><label for="${id}">${label}</label><input id="${id}" type="${type}" required></div>`);

const views = {
  "/": async () => `<h1>Internet and mobile without small print</h1><ul class="tiles">
    <li class="tile"><strong>My Brightline</strong><span>Usage, bills and add-ons</span><a class="b" href="/my">Go to my account</a></li>
    <li class="tile"><strong>Questions?</strong><span>Answers and people</span><a class="b alt" href="/help">Help centre</a></li></ul>`,
  "/help": async () => `<h1>How can we help?</h1><details><summary>Why is my bill higher than usual?</summary>
    <p>Look for calls outside the EU.</p></details><p>Call us: <a href="tel:+448005550187">0800 555 0187</a></p>`,
  "/login": async () => `<h1>Sign in</h1>${location.search ? '<p class="bad" role="alert">Your session has expired. Please sign in again.</p>' : ""}
    <form id="login">${field("number", "Customer number", "text")}${field("password", "Password", "password")}<button class="b">Sign in</button></form>`,
  "/my": async () => {
    if (!signedIn()) return go(sessionStorage.tried ? "/login?expired=1" : "/login");
    const [, usage] = await ask("usage");
    return `<h1>Good day, Kim</h1><ul class="tiles"><li class="tile"><strong>Data used</strong>
      <div class="meter" role="img" aria-label="62 percent used"><i></i></div><span>${usage.gigabytes} of 20 GB</span></li>
      <li class="tile"><strong>Last bill</strong><span class="price">19.00 €</span></li>
      <li class="tile"><strong>Add-ons</strong><span>${booked() || "None booked"}</span><a class="b" href="/my/addons">Manage add-ons</a></li></ul>
      <dialog id="survey"><h2>How do you like our new portal?</h2><p>It takes only three minutes.</p>
      <a class="b" href="/help">Start the survey</a> <button class="b alt" type="button" data-close>Not now</button></dialog>`;
  },
  "/my/addons": async () => (signedIn() ? `<h1>Add-ons</h1><ul class="tiles"><li class="tile"><strong>Travel pass</strong>
    <span ${faults.has("contrast") ? 'style="color:#a9c4ff"' : ""}>5 GB, 14 days, anywhere</span><span class="price">12.00 €</span>
    ${booked() ? "<span>Active</span>" : '<button class="b" type="button" data-open="pass">Add travel pass</button>'}</li></ul>
    <dialog id="pass" aria-labelledby="passing"><h2 id="passing">Travel pass</h2><p><b>Total 12.00 €</b>, on your next bill.</p><form id="confirm">
    ${faults.has("again") ? '<div class="f"><label for="again">Customer number</label><input id="again" required></div>' : ""}
    <button class="b">Confirm</button> <button class="b alt" type="button" data-close>Cancel</button></form></dialog>` : go("/login")),
};

async function show() {
  const shown = await (views[location.pathname] || (async () => '<h1>Nothing here</h1><p><a href="/">Home</a></p>'))();
  if (typeof shown !== "string") return;
  view.innerHTML = shown;
  document.title = `${view.querySelector("h1").textContent} · Brightline`;
  if (location.pathname === "/my" && faults.has("survey")) setTimeout(() => byId("survey")?.showModal(), 1000);
  if (location.pathname === "/my/addons" && faults.has("crash")) window.usageWidget.mount("#usage");
}
function go(to) { history.pushState({}, "", to); return show(); }

addEventListener("popstate", show);
document.addEventListener("click", (event) => {
  const link = event.target.closest("a[href^='/']");
  if (link) { event.preventDefault(); byId("links").classList.remove("on"); go(link.getAttribute("href")); return; }
  const button = event.target.closest("button");
  if (!button) return;
  if (button.id === "menu") button.setAttribute("aria-expanded", byId("links").classList.toggle("on"));
  if (button.closest("#consent")) { sessionStorage.asked = "yes"; byId("consent").hidden = true; }
  if (button.dataset.open) byId(button.dataset.open).showModal();
  if ("close" in button.dataset) button.closest("dialog").close();
});
document.addEventListener("submit", async (event) => {
  event.preventDefault();
  if (event.target.id === "login") {
    await ask("login", { number: byId("number").value });
    sessionStorage.tried = "yes";
    if (!faults.has("loop")) sessionStorage.signedIn = "yes";
    await go("/my");
  } else {
    const [status] = await ask("addon", { name: "Travel pass" });
    byId("pass").close();
    if (status !== 200) return; // and says nothing
    sessionStorage.booked = "Travel pass";
    await show();
    say("Travel pass is active");
  }
});
if (faults.has("chat")) document.body.insertAdjacentHTML("beforeend", '<aside class="chat"><p>Chat with Lumi, day and night.</p></aside>');
byId("consent").hidden = Boolean(sessionStorage.asked);
show();
