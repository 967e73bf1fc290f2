"use strict";
self.addEventListener("push", (event) => {
  const m = event.data.json();
  event.waitUntil(self.registration.showNotification(m.title, {
    body: m.body, tag: m.tag, renotify: !m.silent, silent: m.silent, data: m.url, lang: "zh-CN",
  }));
});
self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  event.waitUntil(self.clients.openWindow(event.notification.data));
});
