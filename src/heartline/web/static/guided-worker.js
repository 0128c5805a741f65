// Lets the page of a walk be opened again without a network. It only hands out what the page itself put into the cache
// (itself, its style sheets, its scripts), and only where the network or the desk gives no answer.
"use strict";

const KEPT = "heartline-walk";
const PATIENCE = 6000;

self.addEventListener("install", function () { self.skipWaiting(); });
self.addEventListener("activate", function (event) { event.waitUntil(self.clients.claim()); });

self.addEventListener("fetch", function (event) {
  const address = new URL(event.request.url);
  if (event.request.method !== "GET" || address.origin !== self.location.origin) return;
  const page = event.request.mode === "navigate" && address.pathname.startsWith("/walks/go/");
  if (page || address.pathname.startsWith("/static/")) event.respondWith(answer(event.request));
});

async function answer(request) {
  let given = null;
  try {
    given = await within(fetch(request));
    if (given.status < 500) return given;
  } catch (broken) { /* no network: what is kept */ }
  const held = await (await caches.open(KEPT)).match(request, { ignoreSearch: true });
  return held || given || Response.error();
}

function within(going) {
  return new Promise(function (done, failed) {
    const timer = setTimeout(failed, PATIENCE);
    going.then(function (given) { clearTimeout(timer); done(given); }, function (broken) { clearTimeout(timer); failed(broken); });
  });
}
