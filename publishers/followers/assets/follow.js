"use strict";
const buttons = document.getElementById("buttons");
const state = document.getElementById("state");
const say = (zh, en) => {
  const english = document.createElement("span");
  english.lang = "en";
  english.textContent = en;
  state.replaceChildren(zh, document.createElement("br"), english);
};

function place() {
  return new Promise((resolve, reject) => navigator.geolocation.getCurrentPosition(
    // Only so much of the place leaves this machine.
    (p) => resolve({ lat: Math.round(p.coords.latitude * 100) / 100, lng: Math.round(p.coords.longitude * 100) / 100 }),
    reject, { timeout: 20000, maximumAge: 600000 }));
}

async function tell(method, subscription, point) {
  const body = { ...subscription.toJSON(), point };
  const answer = await fetch("/subscribe", { method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });
  if (!answer.ok) throw new Error(String(answer.status));
}

async function on() {
  say("请允许通知和位置……", "Please allow notifications and your place.");
  if (await Notification.requestPermission() !== "granted") { say("未允许通知，提醒没有开启。可以在浏览器设置中更改。", "Off: notifications are not allowed. See your browser's settings."); return; }
  let point;
  try { point = await place(); } catch { say("未能取得位置，提醒没有开启。", "Off: your place is not known."); return; }
  const worker = await navigator.serviceWorker.register("/follow-worker.js");
  await navigator.serviceWorker.ready;
  const subscription = await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: buttons.dataset.key });
  await tell("POST", subscription, point);
  say("提醒已开启。", "On.");
}

async function off() {
  const worker = await navigator.serviceWorker.getRegistration("/follow-worker.js");
  const subscription = worker && await worker.pushManager.getSubscription();
  if (subscription) {
    await tell("DELETE", subscription);
    await subscription.unsubscribe();
  }
  say("提醒已停止，位置和订阅已删除。", "Off. Place and subscription are deleted.");
}

if ("serviceWorker" in navigator && "PushManager" in window && "geolocation" in navigator) {
  buttons.hidden = false;
  const guard = (f) => () => f().catch(() => say("没有成功，请稍后再试。", "That did not work. Please try later."));
  document.getElementById("on").addEventListener("click", guard(on));
  document.getElementById("off").addEventListener("click", guard(off));
} else {
  say("此浏览器不支持推送提醒。", "This browser has no push notifications.");
}
