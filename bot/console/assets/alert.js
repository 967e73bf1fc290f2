// Keeps a draft while it is typed. The form works without: every button sends all of it.
(() => {
  "use strict";
  const form = document.getElementById("alert");
  if (!form) return;
  document.documentElement.classList.add("js");
  const autosave = form.hasAttribute("data-autosave");
  let timer = 0, busy = null, dirty = false, stopped = false, leaving = false;

  const say = text => { document.getElementById("saved").textContent = text; };

  // swap puts what the server answered into the page: what it marks as live, and the regions that were asked for. What a person may
  // be typing into stays.
  const swap = (page, region) => {
    for (const old of document.querySelectorAll("[data-live], #" + (region || "alert-none"))) {
      const fresh = old.id && page.getElementById(old.id);
      if (fresh) old.replaceWith(document.importNode(fresh, true));
    }
    for (const error of document.querySelectorAll("[id^='err-']")) {
      const field = document.getElementById(error.id.slice(4));
      if (field && field.matches("input, textarea, select")) field.setAttribute("aria-invalid", error.textContent !== "");
    }
    for (const mark of document.querySelectorAll(".sure")) {
      if (!page.getElementById(mark.firstElementChild.id)) {
        mark.parentElement.querySelectorAll(".badge.warn").forEach(b => b.remove());
        mark.remove();
      }
    }
  };

  const send = async (region, what) => {
    clearTimeout(timer);
    const body = new FormData(form);
    body.delete("photo");
    body.set("auto", "1");
    body.set("do", what || "");
    dirty = false;
    try {
      const answer = await fetch(form.action, { method: "POST", body, credentials: "same-origin", redirect: "error" });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      if (answer.ok) return swap(page, region);
      dirty = true;
      stopped = answer.status < 500;
      say({
        401: "登录已失效。内容还在本页：请在另一窗口登录，再按“保存草稿”。",
        409: "别人也改了这份草稿。请按“保存草稿”看不同之处。",
      }[answer.status] || "没有保存成功，请按“保存草稿”重试。");
    } catch {
      dirty = true;
      say("连不上服务器，内容还在本页，稍后自动再试。");
    }
    if (!stopped && autosave) timer = setTimeout(save, 5000);
  };

  // save sends one form after the other: each is made on the version that the one before it got.
  const save = (region, what) => {
    if (stopped && !what) return Promise.resolve();
    busy = (busy || Promise.resolve()).then(() => send(region, what)).finally(() => { busy = null; });
    return busy;
  };

  form.addEventListener("input", () => {
    dirty = true;
    clearTimeout(timer);
    if (autosave) timer = setTimeout(save, 1500);
  });
  form.addEventListener("change", e => {
    if (e.target.dataset.save && (autosave || e.target.dataset.save === "where")) save(e.target.dataset.save, "place");
    else if (autosave && e.target.type !== "file") save();
  });
  form.addEventListener("click", e => {
    const button = e.target.closest("button[data-save]");
    if (!button) return;
    e.preventDefault();
    save(button.dataset.save, button.value);
  });
  form.addEventListener("submit", e => {
    leaving = true;
    if (!busy) return clearTimeout(timer);
    e.preventDefault();
    busy.finally(() => setTimeout(() => form.requestSubmit(e.submitter)));
  });
  addEventListener("beforeunload", e => { if (dirty && !leaving) e.preventDefault(); });
  addEventListener("pageshow", () => { leaving = false; });

  const here = "geolocation" in navigator && isSecureContext;
  const ready = () => {
    const button = document.getElementById("locate");
    if (button) button.hidden = !here;
  };
  ready();
  new MutationObserver(ready).observe(form, { childList: true, subtree: true });
  form.addEventListener("click", e => {
    if (e.target.id !== "locate") return;
    const tell = document.getElementById("locate-say");
    tell.textContent = "正在定位……";
    navigator.geolocation.getCurrentPosition(p => {
      document.getElementById("point").value = p.coords.latitude.toFixed(5) + ", " + p.coords.longitude.toFixed(5);
      save("where", "place");
    }, () => { tell.textContent = "定位没有成功，请逐级选择区县。"; }, { enableHighAccuracy: true, timeout: 10000 });
  });
})();
