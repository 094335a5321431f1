// Keeps a part of a page up to date while it is looked at: <div data-refresh="address" data-refresh-seconds="3">.
for (const part of document.querySelectorAll("[data-refresh]")) {
  setInterval(async () => {
    if (document.hidden) return;
    const answer = await fetch(part.dataset.refresh, { redirect: "error" }).catch(() => null);
    if (answer?.ok) part.innerHTML = await answer.text();
  }, part.dataset.refreshSeconds * 1000);
}
